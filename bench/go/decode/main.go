// What services in Go are made of: aws-lambda-go's event, encoding/json into structs.
package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/events"

	"bench-peers/limits"
)

func readPayload(e *event) error {
	switch e.envelope.Type {
	case "USER_LIMIT_PROGRESS_CHANGED":
		e.progressChanged = limits.ProgressChanged{}
		return json.Unmarshal(e.envelope.Data, &e.progressChanged)
	case "USER_LIMIT_CREATED":
		e.created = limits.Created{}
		return json.Unmarshal(e.envelope.Data, &e.created)
	case "USER_LIMIT_RESET":
		e.reset = limits.Reset{}
		return json.Unmarshal(e.envelope.Data, &e.reset)
	}
	return fmt.Errorf("no struct for the type %q", e.envelope.Type)
}

func decode(text []byte, visit func(*event)) error {
	var batch events.KinesisEvent
	if err := json.Unmarshal(text, &batch); err != nil {
		return err
	}
	var e event
	for i := range batch.Records {
		kinesis := &batch.Records[i].Kinesis
		e.partitionKey = kinesis.PartitionKey
		e.sequenceNumber = kinesis.SequenceNumber
		e.envelope = limits.Envelope{}
		if err := json.Unmarshal(kinesis.Data, &e.envelope); err != nil {
			return err
		}
		if err := readPayload(&e); err != nil {
			return err
		}
		visit(&e)
	}
	return nil
}

func main() {
	debug.SetGCPercent(400) // memory for speed, as services set GOGC
	run("Go encoding/json", decode)
}
