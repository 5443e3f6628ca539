package issuer

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	gitHub      = "https://token.actions.githubusercontent.com"
	gitLab      = "https://gitlab.com"
	hcp         = "https://app.terraform.io"
	azureDevOps = "https://vstoken.dev.azure.com/" + guid
	aks         = "https://westeurope.oic.prod-aks.azure.com/" + guid + "/" + guid + "/"
)

func TestMeantSubject(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ issuer, written, want string }{
		{gitHub, "repo:contoso/shop:environment/prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "repo:contoso/shop:env:prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "repo:contoso/shop:Environment:prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "contoso/shop:environment:prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "https://github.com/contoso/shop:environment:prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "repo/contoso/shop:environment:prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "repo:contoso/shop/environment:prod", "repo:contoso/shop:environment:prod"},
		{gitHub, " repo:contoso/shop:environment:prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "repo:contoso/shop:environment:prod\n", "repo:contoso/shop:environment:prod"},
		{gitHub, "repo:contoso/shop:environment:My env: eu ", "repo:contoso/shop:environment:My env: eu"},
		{gitHub, "repo: contoso/shop: environment: prod", "repo:contoso/shop:environment:prod"},
		{gitHub, "repo:contoso/shop:branch:main", "repo:contoso/shop:ref:refs/heads/main"},
		{gitHub, "repo:contoso/shop:branch/main", "repo:contoso/shop:ref:refs/heads/main"},
		{gitHub, "repo:contoso/shop:ref:main", "repo:contoso/shop:ref:refs/heads/main"},
		{gitHub, "repo:contoso/shop:ref:heads/main", "repo:contoso/shop:ref:refs/heads/main"},
		{gitHub, "repo:contoso/shop:ref:refs/head/main", "repo:contoso/shop:ref:refs/heads/main"},
		{gitHub, "repo:contoso/shop:ref/refs/heads/main", "repo:contoso/shop:ref:refs/heads/main"},
		{gitHub, "repo:contoso/shop:refs/heads/main", "repo:contoso/shop:ref:refs/heads/main"},
		{gitHub, "repo:contoso/shop:tag:v1", "repo:contoso/shop:ref:refs/tags/v1"},
		{gitHub, "repo:contoso/shop:pull-request", "repo:contoso/shop:pull_request"},
		{gitHub, "contoso/shop:pull_request", "repo:contoso/shop:pull_request"},
		{gitLab, "contoso/web/shop:ref_type:branch:ref:main", "project_path:contoso/web/shop:ref_type:branch:ref:main"},
		{gitLab, "project:contoso/shop:ref_type:branch:ref:main", "project_path:contoso/shop:ref_type:branch:ref:main"},
		{gitLab, "project_path:contoso/shop:ref:main", "project_path:contoso/shop:ref_type:branch:ref:main"},
		{gitLab, "project_path:contoso/shop:branch:main", "project_path:contoso/shop:ref_type:branch:ref:main"},
		{gitLab, "project_path:contoso/shop:ref_type:branch:ref:refs/heads/main", "project_path:contoso/shop:ref_type:branch:ref:main"},
		{gitLab, "project_path:contoso/shop:ref_type:branch:ref:main ", "project_path:contoso/shop:ref_type:branch:ref:main"},
		{hcp, "org:contoso:project:Web:workspace:shop:run_phase:plan", "organization:contoso:project:Web:workspace:shop:run_phase:plan"},
		{hcp, "organization:contoso:workspace:shop:run_phase:apply", "organization:contoso:project:Default Project:workspace:shop:run_phase:apply"},
		{hcp, "organization:contoso:project:Web:workspace:shop:phase:apply", "organization:contoso:project:Web:workspace:shop:run_phase:apply"},
		{hcp, "organization:contoso:project:Web:workspace:shop", "organization:contoso:project:Web:workspace:shop:run_phase:{plan or apply}"},
		{aks, "shop/deployer", "system:serviceaccount:shop:deployer"},
		{aks, "shop:deployer", "system:serviceaccount:shop:deployer"},
		{aks, "serviceaccount:shop:deployer", "system:serviceaccount:shop:deployer"},
		{aks, "system:serviceaccount:shop/deployer", "system:serviceaccount:shop:deployer"},
		{aks, "system:serviceaccounts:shop:deployer", "system:serviceaccount:shop:deployer"},
		{aks, "system:serviceaccount: shop:deployer", "system:serviceaccount:shop:deployer"},
		{"https://cluster.example", "system:serviceaccount:shop/deployer", "system:serviceaccount:shop:deployer"},
		{"https://cluster.example", "System:ServiceAccount:shop:deployer", "system:serviceaccount:shop:deployer"},
		{"https://cluster.example", "system:serviceaccount:shop:deployer", ""},
		{azureDevOps, "contoso/Web/azure", "sc://contoso/Web/azure"},
		{azureDevOps, "sc:/contoso/Web/azure", "sc://contoso/Web/azure"},
		{azureDevOps, "https://dev.azure.com/contoso/Web/azure", "sc://contoso/Web/azure"},
		{"https://accounts.google.com", "shop@contoso.iam.gserviceaccount.com", "{unique id of the service account, a number}"},
		{"https://" + guid + ".tokens.sts.global.api.aws", "arn:aws:sts::123456789012:assumed-role/shop/session", "arn:aws:iam::123456789012:role/shop"},

		// Right ones, customised ones, and those of nobody in particular.
		{gitHub, "repo:contoso/shop:environment:My env/prod: eu", ""},
		{gitHub, "repo:contoso@1/shop@2:ref:refs/heads/feature/a:b", ""},
		{gitHub, "repo:contoso/shop:pull_request", ""},
		{gitHub, "repo:contoso/shop:job_workflow_ref:contoso/ci/.github/workflows/a.yml@refs/heads/main", ""},
		{gitHub, "repo:contoso/shop", ""},
		{gitHub, "repository_owner:contoso:environment:prod", ""},
		{gitHub, "repository:contoso/shop:environment:prod", ""},
		{gitHub, "job_workflow_ref:contoso/ci/.github/workflows/a.yml@refs/heads/main", ""},
		{gitHub, "anything", ""},
		{gitHub, "", ""},
		{gitLab, "project_id:12:ref_type:tag:ref:v1", ""},
		{gitLab, "project_path:contoso/shop:ref_type:branch:ref:feature/a", ""},
		{hcp, "organization:contoso:project:Default Project:workspace:shop:run_phase:plan", ""},
		{aks, "system:serviceaccount:shop:deployer.v1", ""},
		{azureDevOps, "sc://contoso/My Web/azure", ""},
		{"https://accounts.google.com", "112233445566778899001", ""},
		{"https://issuer.example", "contoso/shop:environment:prod", ""},
	} {
		known, got := MeantSubject(test.issuer, test.written)
		if got != test.want || (known == nil) != (test.want == "") {
			t.Errorf("%q: got %q, want %q", test.written, got, test.want)
		}
	}
}

func TestMeantSubject_table(t *testing.T) {
	t.Parallel()
	for _, known := range All {
		if (len(known.subjects) == 0) != (len(known.slips) == 0) {
			t.Errorf("%s: slips need forms, and forms slips", known.Key)
		}
	}
}

// Subjects of the examples, the guides and the functions' examples are right.
func TestMeantSubject_documented(t *testing.T) {
	t.Parallel()
	found := 0
	subject := regexp.MustCompile(`"((?:repo|project_path|project_id|system|organization|sc)[:/][^"$*]+)"`)
	for _, folder := range []string{"../../examples", "../../templates", "../functions", "../acctest/samples"} {
		err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, match := range subject.FindAllStringSubmatch(string(content), -1) {
				if strings.HasSuffix(match[1], ":") {
					continue // a part of one
				}
				of := map[byte]string{'r': gitHub, 'p': gitLab, 'o': hcp}[match[1][0]]
				if strings.HasPrefix(match[1], "system") {
					of = aks
				} else if strings.HasPrefix(match[1], "sc") {
					of = azureDevOps
				}
				found++
				if known, meant := MeantSubject(of, match[1]); known != nil {
					t.Errorf("%s: %q is taken for a slip of %q", path, match[1], meant)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 10 {
		t.Errorf("only %d subjects were found", found)
	}
}

func TestPattern(t *testing.T) {
	t.Parallel()
	const never, strangers = "no token of ", "matches tokens of strangers"
	for _, test := range []struct {
		key, pattern string
		pinned       bool
		want         string
	}{
		{"github_actions", "repo:contoso/*", false, ""},
		{"github_actions", "repo:contoso/shop:*", false, ""},
		{"github_actions", "repo:contoso*", false, strangers},
		{"github_actions", "repo:contoso*", true, ""},
		{"github_actions", "repo:c?ntoso/shop:*", false, strangers},
		{"github_actions", "repo:*", false, strangers},
		{"github_actions", "*", false, strangers},
		{"github_actions", "*:environment:production", false, strangers},
		{"github_actions", "contoso/shop:*", false, never},
		{"github_actions", "contoso/shop:*", true, never},
		{"github_actions", "Repo:contoso/shop:*", true, never},
		{"github_actions", "job_workflow_ref:contoso/*", false, ""}, // customised
		{"gitlab", "project_path:contoso/*", false, ""},
		{"gitlab", "project_path:contoso*", false, strangers},
		{"gitlab", "project_id:7:*", false, ""},
		{"gitlab", "project_id:7*", false, strangers},
		{"gitlab", "contoso/shop:*", false, never},
		{"hcp_terraform", "organization:contoso:*", false, ""},
		{"hcp_terraform", "organization:contoso*", false, strangers},
		{"hcp_terraform", "contoso/*", false, never},
		{"aws", "*", false, ""}, // which has no expressions
	} {
		got, instead := Find(test.key).Pattern(test.pattern, test.pinned)
		if test.want == "" && got != "" || !strings.Contains(got, test.want) || (got == "") != (instead == "") {
			t.Errorf("%s %q: %q %q, want %q", test.key, test.pattern, got, instead, test.want)
		}
	}
}
