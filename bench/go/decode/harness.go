package main

import (
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sort"
	"strconv"
	"syscall"
	"time"

	"github.com/shopspring/decimal"

	"bench-peers/limits"
)

// One record, decoded; of the payloads, the one of its type.
type event struct {
	partitionKey    string
	sequenceNumber  string
	envelope        limits.Envelope
	created         limits.Created
	progressChanged limits.ProgressChanged
	reset           limits.Reset
}

type decoder func(text []byte, visit func(*event)) error

// FNV-1a of every value as text, a newline after each; bench/README.md has the order.
type checksum struct {
	out    io.Writer
	events int
}

func (s *checksum) text(text string)   { io.WriteString(s.out, text+"\n") }
func (s *checksum) number(value int64) { s.text(strconv.FormatInt(value, 10)) }

// As it was written, the zeros at the end included.
func (s *checksum) decimal(value decimal.Decimal) { s.text(value.StringFixed(-value.Exponent())) }

func (s *checksum) optionalNumber(value *int64) {
	if value == nil {
		s.text("-")
		return
	}
	s.number(*value)
}

func (s *checksum) optionalDecimal(value *decimal.Decimal) {
	if value == nil {
		s.text("-")
		return
	}
	s.decimal(*value)
}

func (s *checksum) created(c *limits.Created) {
	s.number(c.ActiveFrom)
	s.optionalNumber(c.ActiveUntil)
	s.text(c.BrandID)
	s.optionalNumber(c.CreatedAt)
	s.text(c.CurrencyCode)
	s.optionalNumber(c.NextResetTime)
	s.text(c.Period)
	s.optionalDecimal(c.PreviousLimitValue)
	s.optionalDecimal(c.Progress)
	s.text(c.Status)
	s.text(c.Type)
	s.text(c.UserID)
	s.text(c.UserLimitID)
	s.decimal(c.Value)
}

func (s *checksum) progressChanged(p *limits.ProgressChanged) {
	s.decimal(p.Amount)
	s.text(p.BrandID)
	s.text(p.CurrencyCode)
	s.number(p.NextResetTime)
	s.decimal(p.PreviousProgress)
	s.optionalDecimal(p.RemainingAmount)
	s.text(p.UserID)
	s.text(p.UserLimitID)
}

func (s *checksum) reset(r *limits.Reset) {
	s.text(r.BrandID)
	s.text(r.CurrencyCode)
	s.number(r.NextResetTime)
	s.text(r.Period)
	s.decimal(r.ResetAmount)
	s.decimal(r.ResetPercentage)
	s.text(r.Type)
	s.decimal(r.UnusedAmount)
	s.text(r.UserID)
	s.text(r.UserLimitID)
}

func (s *checksum) event(e *event) {
	s.events++
	s.text(e.partitionKey)
	s.text(e.sequenceNumber)
	s.text(e.envelope.AggregateID)
	s.number(e.envelope.CreatedAt)
	s.text(e.envelope.EventID)
	s.number(e.envelope.SequenceNumber)
	s.text(e.envelope.Source)
	s.text(e.envelope.Type)
	switch e.envelope.Type {
	case "USER_LIMIT_CREATED":
		s.created(&e.created)
	case "USER_LIMIT_PROGRESS_CHANGED":
		s.progressChanged(&e.progressChanged)
	case "USER_LIMIT_RESET":
		s.reset(&e.reset)
	}
}

// How long the process had the processor, so that other work on the machine does not count.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

type timing struct {
	runs         int
	best, median time.Duration
}

func takeTime(decode decoder, text []byte, seconds float64) (timing, error) {
	var times []time.Duration
	begin := time.Now()
	for len(times) < 3 || time.Since(begin).Seconds() < seconds {
		before := processorTime()
		if err := decode(text, func(*event) {}); err != nil {
			return timing{}, err
		}
		times = append(times, processorTime()-before)
	}
	sort.Slice(times, func(i, k int) bool { return times[i] < times[k] })
	return timing{len(times), times[0], times[len(times)/2]}, nil
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1e3 }

func measure(name string, decode decoder, path string, seconds float64, json bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	hash := fnv.New32a()
	sum := checksum{out: hash}
	if err := decode(text, sum.event); err != nil {
		return err
	}
	t, err := takeTime(decode, text, seconds)
	if err != nil {
		return err
	}
	speed := float64(len(text)) / t.median.Seconds() / 1e6
	if json {
		fmt.Printf("{\"name\":%q,\"validates\":false,\"bytes\":%d,\"events\":%d,\"runs\":%d,"+
			"\"bestMs\":%.6f,\"medianMs\":%.6f,\"mbPerS\":%.1f,\"checksum\":\"%08x\"}\n",
			name, len(text), sum.events, t.runs, milliseconds(t.best), milliseconds(t.median),
			speed, hash.Sum32())
		return nil
	}
	fmt.Printf("%s: %s, %d bytes, %d events\n", name, path, len(text), sum.events)
	fmt.Printf("  best %.3f ms, median %.3f ms of %d runs\n", milliseconds(t.best),
		milliseconds(t.median), t.runs)
	fmt.Printf("  %.1f MB/s, %.0f ns an event, checksum %08x\n", speed,
		t.median.Seconds()*1e9/float64(sum.events), hash.Sum32())
	return nil
}

// program [--json] [--seconds N] FILE, in any order
func run(name string, decode decoder) {
	json := flag.Bool("json", false, "for machines")
	seconds := flag.Float64("seconds", 1, "measure for so long")
	arguments := os.Args[1:]
	path := ""
	if len(arguments) > 0 && arguments[0] != "" && arguments[0][0] != '-' {
		path, arguments = arguments[0], arguments[1:]
	}
	flag.CommandLine.Parse(arguments)
	if path == "" && flag.NArg() == 1 {
		path = flag.Arg(0)
	} else if flag.NArg() != 0 {
		path = ""
	}
	if path == "" {
		fmt.Fprintf(os.Stderr, "usage: %s FILE [--json] [--seconds N]\n", os.Args[0])
		os.Exit(2)
	}
	if err := measure(name, decode, path, *seconds, *json); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %s: %v\n", name, path, err)
		os.Exit(1)
	}
}
