// The limits' service as it would be written in Go: aws-lambda-go, encoding/json, shopspring/decimal. The
// rules are those of src/handlers.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/shopspring/decimal"

	"bench-peers/limits"
)

const marksInMemory = 100_000

var (
	errExists   = errors.New("the limit exists")
	errNotFound = errors.New("no such limit")
	errTooMuch  = errors.New("previousProgress + amount is more than the limit's value")
)

type limit struct {
	limits.Created
	progress decimal.Decimal
}

// The events that were applied, the newest so many of them.
type marks struct {
	ids    map[string]struct{}
	ring   []string
	oldest int
}

func (m *marks) add(id string) {
	m.ids[id] = struct{}{}
	if len(m.ring) < marksInMemory {
		m.ring = append(m.ring, id)
		return
	}
	delete(m.ids, m.ring[m.oldest])
	m.ring[m.oldest] = id
	m.oldest = (m.oldest + 1) % marksInMemory
}

type service struct {
	limits map[string]*limit
	marks  marks
}

func (s *service) created(event *limits.Created) error {
	if s.limits[event.UserLimitID] != nil {
		return errExists
	}
	s.limits[event.UserLimitID] = &limit{Created: *event}
	return nil
}

func (s *service) progressChanged(event *limits.ProgressChanged) error {
	l := s.limits[event.UserLimitID]
	if l == nil {
		return errNotFound
	}
	progress := event.PreviousProgress.Add(event.Amount)
	if progress.GreaterThan(l.Value) {
		return errTooMuch
	}
	if !l.progress.Equal(event.PreviousProgress) {
		log.Printf("%s: the stored progress is not the event's", event.UserLimitID)
	}
	if event.RemainingAmount != nil && !l.Value.Sub(progress).Equal(*event.RemainingAmount) {
		log.Printf("%s: what is left is not the event's", event.UserLimitID)
	}
	l.progress = progress
	return nil
}

func (s *service) reset(event *limits.Reset) error {
	l := s.limits[event.UserLimitID]
	if l == nil {
		return errNotFound
	}
	l.progress = decimal.Zero
	l.NextResetTime = &event.NextResetTime
	return nil
}

type checked interface{ Check() error }

func read(text []byte, into checked) error {
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	return into.Check()
}

func (s *service) handle(envelope *limits.Envelope) error {
	switch envelope.Type {
	case "USER_LIMIT_CREATED":
		var event limits.Created
		if err := read(envelope.Data, &event); err != nil {
			return err
		}
		return s.created(&event)
	case "USER_LIMIT_PROGRESS_CHANGED":
		var event limits.ProgressChanged
		if err := read(envelope.Data, &event); err != nil {
			return err
		}
		return s.progressChanged(&event)
	case "USER_LIMIT_RESET":
		var event limits.Reset
		if err := read(envelope.Data, &event); err != nil {
			return err
		}
		return s.reset(&event)
	}
	return nil // other services' events
}

func (s *service) apply(data []byte) error {
	var envelope limits.Envelope
	if err := read(data, &envelope); err != nil {
		return err
	}
	if _, applied := s.marks.ids[envelope.EventID]; applied {
		return nil
	}
	if err := s.handle(&envelope); err != nil {
		return err
	}
	s.marks.add(envelope.EventID)
	return nil
}

// In order; the first record that fails is named, and ends the batch.
func (s *service) applyBatch(_ context.Context, batch events.KinesisEvent) (events.KinesisEventResponse, error) {
	response := events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{}}
	for i := range batch.Records {
		kinesis := &batch.Records[i].Kinesis
		if err := s.apply(kinesis.Data); err != nil {
			log.Printf("%s: %v", kinesis.SequenceNumber, err)
			response.BatchItemFailures = append(response.BatchItemFailures,
				events.KinesisBatchItemFailure{ItemIdentifier: kinesis.SequenceNumber})
			break
		}
	}
	return response, nil
}

func main() {
	debug.SetGCPercent(400) // memory for speed, as services set GOGC
	s := service{
		limits: map[string]*limit{},
		marks:  marks{ids: make(map[string]struct{}, marksInMemory)},
	}
	lambda.Start(s.applyBatch)
}
