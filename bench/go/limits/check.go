package limits

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// What the schemas demand. Written out, since validators that reflect cost several times as much.

var (
	periods = names("CALENDAR_DAY", "CALENDAR_WEEK", "CALENDAR_MONTH", "DAY", "WEEK", "MONTH",
		"INDEFINITE", "INSTANCE")
	statuses = names("ACTIVE", "CANCELED", "FUTURE", "IN_COOLDOWN")
	types    = names("BALANCE", "BET", "DEPOSIT", "LOSS", "SESSION")
)

func names(all ...string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, name := range all {
		set[name] = true
	}
	return set
}

func identifier(name, value string) error {
	if n := utf8.RuneCountInString(value); n < 1 || n > 64 {
		return fmt.Errorf("%s: 1 to 64 characters, not %d", name, n)
	}
	return nil
}

func timestamp(name string, value int64) error {
	if value < 0 {
		return fmt.Errorf("%s: at least 0", name)
	}
	return nil
}

func optionalTimestamp(name string, value *int64) error {
	if value == nil {
		return nil
	}
	return timestamp(name, *value)
}

func money(name string, value decimal.Decimal) error {
	if value.IsNegative() {
		return fmt.Errorf("%s: at least 0", name)
	}
	return nil
}

func optionalMoney(name string, value *decimal.Decimal) error {
	if value == nil {
		return nil
	}
	return money(name, *value)
}

func currency(value string) error {
	if len(value) != 3 {
		return errors.New("currencyCode: three capital letters")
	}
	for i := range value {
		if value[i] < 'A' || value[i] > 'Z' {
			return errors.New("currencyCode: three capital letters")
		}
	}
	return nil
}

func oneOf(name, value string, allowed map[string]bool) error {
	if !allowed[value] {
		return fmt.Errorf("%s: %q is none of those allowed", name, value)
	}
	return nil
}

func first(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Envelope) Check() error {
	if e.AggregateID == "" || e.Type == "" || len(e.Data) == 0 {
		return errors.New("a member is missing or empty")
	}
	return first(
		identifier("eventId", e.EventID),
		timestamp("createdAt", e.CreatedAt),
		timestamp("sequenceNumber", e.SequenceNumber),
	)
}

func (c *Created) Check() error {
	return first(
		timestamp("activeFrom", c.ActiveFrom),
		optionalTimestamp("activeUntil", c.ActiveUntil),
		identifier("brandId", c.BrandID),
		optionalTimestamp("createdAt", c.CreatedAt),
		currency(c.CurrencyCode),
		optionalTimestamp("nextResetTime", c.NextResetTime),
		oneOf("period", c.Period, periods),
		optionalMoney("previousLimitValue", c.PreviousLimitValue),
		optionalMoney("progress", c.Progress),
		oneOf("status", c.Status, statuses),
		oneOf("type", c.Type, types),
		identifier("userId", c.UserID),
		identifier("userLimitId", c.UserLimitID),
		money("value", c.Value),
	)
}

func (p *ProgressChanged) Check() error {
	return first(
		money("amount", p.Amount),
		identifier("brandId", p.BrandID),
		currency(p.CurrencyCode),
		timestamp("nextResetTime", p.NextResetTime),
		money("previousProgress", p.PreviousProgress),
		optionalMoney("remainingAmount", p.RemainingAmount),
		identifier("userId", p.UserID),
		identifier("userLimitId", p.UserLimitID),
	)
}

func (r *Reset) Check() error {
	return first(
		identifier("brandId", r.BrandID),
		currency(r.CurrencyCode),
		timestamp("nextResetTime", r.NextResetTime),
		oneOf("period", r.Period, periods),
		money("resetAmount", r.ResetAmount),
		money("resetPercentage", r.ResetPercentage),
		oneOf("type", r.Type, types),
		money("unusedAmount", r.UnusedAmount),
		identifier("userId", r.UserID),
		identifier("userLimitId", r.UserLimitID),
	)
}
