package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/throttle"
)

// misbehaviour is how a tenant is to fail.
type misbehaviour struct {
	faults   []string
	throttle string
	latency  fault.Delay

	rules  []fault.Rule
	limits throttle.Limits
}

func (m *misbehaviour) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringArrayVar(&m.faults, "fault", nil, "have requests fail by this `rule`, METHOD PATH EFFECT [OPTION…], or by those in a file: @FILE (may be repeated; see above)")
	flags.StringVar(&m.throttle, "throttle", "off", "refuse requests to Microsoft Graph and Resource Manager beyond the limits of a tenant of that `size`: S, M or L, or a part of one, such as S/50, or off")
	flags.TextVar(&m.latency, "latency", fault.Delay{}, "how much longer each request takes: a `time`, or the bounds of a random one, as in 50ms..200ms")
}

// misbehaviourHelp explains the rules of --fault.
const misbehaviourHelp = `

A rule of --fault is a method, or * for any; the path, in which * is any one segment
and ** any number; and what happens:

  STATUS          that answer, as the service has it: 404, 409, 429, 503, 504 …
  reset           the connection breaks before anything is done
  lost            it is done, and the answer never comes
  truncated       it is done, and the answer breaks off in the middle
  empty           it is done, and the answer has nothing in it
  garbled         it is done, and one thing in the answer is missing, null or of another type
  delayed=10m     it is done, and the answer comes that late
  expired         the request's token is refused as expired from now on
  latency=50ms    the request takes that much longer, or 50ms..200ms

With the option "after", STATUS and reset come when it has been done. skip=N spares
the first requests, count=N ends the rule after as many failures, p=0.05 fails one in
twenty, by chance that seed=N determines; code=, message= and retry-after= are of the
answer. Rules, limits and the clock can be changed while the tenant runs, at
/_local/faults, /_local/throttle and /_local/clock.`

// check reads what the flags say.
func (m *misbehaviour) check() error {
	for _, text := range m.faults {
		source := "--fault"
		if name, isFile := strings.CutPrefix(text, "@"); isFile {
			content, err := os.ReadFile(name)
			if err != nil {
				return fmt.Errorf("reading the rules of --fault: %w", err)
			}
			source, text = "--fault "+name, string(content)
		}
		rules, err := fault.Parse(text)
		if err != nil {
			return usage("%s: %w", source, err)
		}
		m.rules = append(m.rules, rules...)
	}
	if m.latency != (fault.Delay{}) {
		m.rules = append([]fault.Rule{{Path: "/**", Effect: fault.Latency, Delay: m.latency}}, m.rules...)
	}
	var err error
	if m.limits, err = throttle.Parse(m.throttle); err != nil {
		return usage("--throttle: %w", err)
	}
	return nil
}

func (m *misbehaviour) apply(tenant *emulator.Tenant) {
	tenant.Faults().Set(m.rules...)
	tenant.Throttle().Set(m.limits)
}
