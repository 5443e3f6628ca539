package process

import (
	"maps"
	"testing"
)

func TestLogForReaders(t *testing.T) {
	t.Parallel()
	off := map[string]string{
		"TF_LOG_SDK": "OFF", "TF_LOG_SDK_PROTO": "OFF", "TF_LOG_SDK_FRAMEWORK": "OFF", "TF_LOG_PROVIDER_WORKLOADID": "OFF",
	}
	withProto := maps.Clone(off)
	withProto["TF_LOG_SDK_PROTO"] = "DEBUG"
	for name, test := range map[string]struct{ before, after map[string]string }{
		"nobody reads":              {map[string]string{}, off},
		"Terraform's own logs only": {map[string]string{"TF_LOG_CORE": "TRACE"}, off},
		"everything":                {map[string]string{"TF_LOG": "INFO"}, map[string]string{}},
		"the provider's":            {map[string]string{"TF_LOG_PROVIDER": "JSON"}, map[string]string{}},
		"one logger":                {map[string]string{"TF_LOG_SDK_PROTO": "DEBUG"}, withProto},
	} {
		environment := maps.Clone(test.before)
		logForReaders(func(name string) string { return environment[name] }, func(name, value string) error {
			environment[name] = value
			return nil
		})
		want := maps.Clone(test.before)
		maps.Copy(want, test.after)
		if !maps.Equal(environment, want) {
			t.Errorf("%s: %v, want %v", name, environment, want)
		}
	}
}
