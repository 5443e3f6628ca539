package main

import "testing"

func TestParseChanges(t *testing.T) {
	t.Parallel()
	const plan = "x: Refreshing state...\n\nPlan: 1 to add, 2 to change, 3 to destroy.\n"
	for name, test := range map[string]struct {
		output string
		want   changes
	}{
		"plan":         {plan, changes{1, 2, 3}},
		"apply":        {plan + "\nApply complete! Resources: 4 added, 5 changed, 6 destroyed.\n", changes{4, 5, 6}},
		"destroy":      {"Plan: 0 to add, 0 to change, 9 to destroy.\n\nDestroy complete! Resources: 7 destroyed.\n", changes{destroyed: 7}},
		"no change":    {"x: Refreshing state...\n\nNo changes. Your infrastructure matches the configuration.\n", changes{}},
		"no change, 2": {"\nNo changes. Your infrastructure matches the configuration.\n\nApply complete! Resources: 0 added, 0 changed, 0 destroyed.\n", changes{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := parseChanges(test.output); err != nil || got != test.want {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
	for _, output := range []string{"", "x: Refreshing state...\n"} {
		if got, err := parseChanges(output); err == nil {
			t.Errorf("%q is read as %v", output, got)
		}
	}
}
