// Command bench measures what the provider promises about size and speed and compares it with the bounds: the real CLI,
// the provider as it is released, and a local tenant that answers each request as late as one across a network. `make
// bench` runs it.
//
// The tenant is in this process, which does nothing else while something is measured: one of its own would take as much
// of the processors. It answers on a socket, with TLS, and counts exactly what it is asked.
//
// Beside each time stands its floor, measured in the same run: what the CLI needs for as many resources, each in a block
// of its own, of the provider in inert/, which does nothing.
//
// What is applied is in configurations/, a folder for each provider; configuration.go says what is in one. With
// -provider-config the rows are run with the configuration of another provider, from a folder of that form.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type options struct {
	cli            string // terraform or tofu
	provider       string // the provider binary
	inert          string // the inert provider's
	echo           string // that of the provider which gives back what it is given
	providerConfig string // folder with the configuration of another provider
	demo           string // the configuration to validate
	latency        time.Duration
	rows           list
	curve          numbers
	out            string
	verbose        bool
}

func main() {
	o := options{curve: numbers{1, 10, 100, 1000, 5000}}
	flag.StringVar(&o.cli, "cli", "terraform", "terraform or tofu")
	flag.StringVar(&o.provider, "provider", "bin/terraform-provider-workloadid", "the provider binary")
	flag.StringVar(&o.inert, "inert", "bin/terraform-provider-inert", "the inert provider's binary")
	flag.StringVar(&o.echo, "echo", "bin/terraform-provider-echo", "the binary of the provider that gives back what it is given")
	flag.StringVar(&o.providerConfig, "provider-config", "", "measure the provider of this `folder` instead: its configuration.go says what is in one")
	flag.StringVar(&o.demo, "configuration", "examples/demo", "the configuration to validate")
	flag.DurationVar(&o.latency, "latency", 100*time.Millisecond, "how much longer the tenant takes for each request")
	flag.Var(&o.rows, "rows", "what to measure, of "+strings.Join(keys(), ",")+" (default: all)")
	flag.Var(&o.curve, "curve", "how many applications the points of the curve have")
	flag.StringVar(&o.out, "out", "bin/bench.json", "where the numbers go as JSON")
	flag.BoolVar(&o.verbose, "verbose", false, "say what the tenant was asked each time")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var errMissed = errors.New("a bound is missed")

func run(ctx context.Context, o options) (err error) {
	b, err := newBench(ctx, o, os.Stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	results, notes, err := b.measureAll(ctx, rows)
	if err != nil {
		return err
	}
	return publish(os.Stdout, o.out, results, append([]string{b.circumstances(ctx)}, notes...))
}

// list is a flag with several values of rows, between commas.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(text string) error {
	for key := range strings.SplitSeq(text, ",") {
		if _, known := rowOf(key); !known {
			return fmt.Errorf("%q is not one of %s", key, strings.Join(keys(), ", "))
		}
		*l = append(*l, key)
	}
	return nil
}

// numbers is a flag with several numbers above 0, ascending, between commas.
type numbers []int

func (n *numbers) String() string { return strings.Trim(fmt.Sprint([]int(*n)), "[]") }

func (n *numbers) Set(text string) error {
	*n = nil
	for item := range strings.SplitSeq(text, ",") {
		number, err := strconv.Atoi(item)
		if err != nil || number < 1 || len(*n) > 0 && number <= (*n)[len(*n)-1] {
			return errors.New("give numbers above 0, ascending, such as 1,10,100")
		}
		*n = append(*n, number)
	}
	return nil
}
