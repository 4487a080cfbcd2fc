// Package limits has the events as structs.
package limits

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

type Envelope struct {
	AggregateID    string          `json:"aggregateId"`
	CreatedAt      int64           `json:"createdAt"`
	Data           json.RawMessage `json:"data"` // read when the type is known
	EventID        string          `json:"eventId"`
	SequenceNumber int64           `json:"sequenceNumber"`
	Source         string          `json:"source"`
	Type           string          `json:"type"`
}

type Created struct {
	ActiveFrom         int64            `json:"activeFrom"`
	ActiveUntil        *int64           `json:"activeUntil"`
	BrandID            string           `json:"brandId"`
	CreatedAt          *int64           `json:"createdAt"`
	CurrencyCode       string           `json:"currencyCode"`
	NextResetTime      *int64           `json:"nextResetTime"`
	Period             string           `json:"period"`
	PreviousLimitValue *decimal.Decimal `json:"previousLimitValue"`
	Progress           *decimal.Decimal `json:"progress"`
	Status             string           `json:"status"`
	Type               string           `json:"type"`
	UserID             string           `json:"userId"`
	UserLimitID        string           `json:"userLimitId"`
	Value              decimal.Decimal  `json:"value"`
}

type ProgressChanged struct {
	Amount           decimal.Decimal  `json:"amount"`
	BrandID          string           `json:"brandId"`
	CurrencyCode     string           `json:"currencyCode"`
	NextResetTime    int64            `json:"nextResetTime"`
	PreviousProgress decimal.Decimal  `json:"previousProgress"`
	RemainingAmount  *decimal.Decimal `json:"remainingAmount"`
	UserID           string           `json:"userId"`
	UserLimitID      string           `json:"userLimitId"`
}

type Reset struct {
	BrandID         string          `json:"brandId"`
	CurrencyCode    string          `json:"currencyCode"`
	NextResetTime   int64           `json:"nextResetTime"`
	Period          string          `json:"period"`
	ResetAmount     decimal.Decimal `json:"resetAmount"`
	ResetPercentage decimal.Decimal `json:"resetPercentage"`
	Type            string          `json:"type"`
	UnusedAmount    decimal.Decimal `json:"unusedAmount"`
	UserID          string          `json:"userId"`
	UserLimitID     string          `json:"userLimitId"`
}
