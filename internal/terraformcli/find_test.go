package terraformcli

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	join := func(entries ...string) string { return strings.Join(entries, string(os.PathListSeparator)) }
	tools := filepath.Join("repo", ".tools", "tofu")
	for name, test := range map[string]struct {
		environment map[string]string
		present     []string
		want        []CLI
		failure     string
	}{
		"none":        {},
		"both":        {nil, []string{"terraform", "tofu"}, []CLI{{Name: "terraform", Path: "/bin/terraform"}, {Name: "tofu", Path: "/bin/tofu"}}, ""},
		"built":       {nil, []string{tools}, []CLI{{Name: "tofu", Path: "/bin/" + tools}}, ""},
		"path first":  {nil, []string{tools, "tofu"}, []CLI{{Name: "tofu", Path: "/bin/tofu"}}, ""},
		"chosen":      {map[string]string{"TF_ACC_TERRAFORM_PATH": "/opt/tofu"}, []string{"terraform"}, []CLI{{Name: "tofu", Path: "/opt/tofu"}}, ""},
		"listed":      {map[string]string{"WORKLOADID_TEST_CLIS": join("a=/a", "b=/b"), "TF_ACC_TERRAFORM_PATH": "/c"}, nil, []CLI{{Name: "a", Path: "/a"}, {Name: "b", Path: "/b"}}, ""},
		"listed ill":  {map[string]string{"WORKLOADID_TEST_CLIS": "/a"}, nil, nil, "not name=path"},
		"listed half": {map[string]string{"WORKLOADID_TEST_CLIS": "a="}, nil, nil, "not name=path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := list(func(name string) string { return test.environment[name] }, func(name string) (string, error) {
				if slices.Contains(test.present, name) {
					return "/bin/" + name, nil
				}
				return "", os.ErrNotExist
			}, "repo")
			if test.failure != "" {
				if err == nil || !strings.Contains(err.Error(), test.failure) {
					t.Errorf("got %v, want %s", err, test.failure)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}
