package issuer

import (
	"net/url"
	"strings"
	"testing"
)

const guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

// samples fill the templates.
var samples = map[string]string{
	"cluster": "shop", "cluster_id": guid, "eks_id": "0123456789ABCDEF0123456789ABCDEF", "enterprise": "contoso", "issuer_id": guid,
	"location": "europe-west1", "name": "contoso", "organization_id": guid, "project": "shop-1234", "region": "westeurope",
	"subdomain": "contoso", "tenant_id": guid, "workspace": "contoso",
}

func TestTable_consistent(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for _, known := range All {
		if known.Key == "" || known.Name == "" || known.Audience == "" || keys[known.Key] || Find(known.Key) != known {
			t.Errorf("the row of %q is not complete, or there are two", known.Key)
		}
		keys[known.Key] = true
		if page, err := url.Parse(known.Page); err != nil || page.Scheme != "https" {
			t.Errorf("%s: no page", known.Key)
		}
		expressions := false
		for _, form := range known.URLs {
			expressions = expressions || form.Expressions
			values := map[string]string{}
			for _, name := range form.Parameters() {
				if parameters[name] == "" {
					t.Errorf("%s: nothing says what a %s looks like", form.Template, name)
				}
				values[name] = samples[name]
			}
			filled, err := known.Fill(values)
			if err != nil {
				t.Errorf("%s: %v", form.Template, err)
			}
			if !known.has(filled) {
				t.Errorf("%s is none of the table's", filled)
			}
			if again, meant := Meant(filled); again != nil {
				t.Errorf("%s is right, and taken for %s", filled, meant)
			}
		}
		if expressions != (len(known.Claims) > 0) {
			t.Errorf("%s: expressions need claims, and claims expressions", known.Key)
		}
		for _, host := range known.mistaken {
			if by, _ := Meant("https://" + host); by != known {
				t.Errorf("%s is not taken for %s", host, known.Name)
			}
		}
	}
	if Find("jenkins") != nil {
		t.Error("an issuer that is not in the table was found")
	}
}

// Whatever form a URL of the table has, each slip leads back to it.
func TestMeant_everyForm(t *testing.T) {
	t.Parallel()
	for _, known := range All {
		for _, form := range known.URLs {
			right := form.Template
			for name, value := range samples {
				right = strings.ReplaceAll(right, "{"+name+"}", value)
			}
			host, _, _ := strings.Cut(strings.TrimPrefix(right, "https://"), "/")
			trimmed := strings.TrimSuffix(right, "/")
			slash := trimmed + "/"
			if strings.HasSuffix(right, "/") {
				slash = trimmed
			}
			for name, wrong := range map[string]string{
				"slash":      slash,
				"two":        trimmed + "//",
				"http":       strings.Replace(right, "https", "http", 1),
				"scheme":     strings.TrimPrefix(right, "https://"),
				"upper host": strings.Replace(right, host, strings.ToUpper(host), 1),
				"port":       strings.Replace(right, host, host+":443", 1),
				"space":      " " + right + "\n",
				"discovery":  trimmed + discovery,
			} {
				if _, got := Meant(wrong); got != right {
					t.Errorf("%s: %q was meant to be %q, got %q", name, wrong, right, got)
				}
			}
		}
	}
}

func TestMeant(t *testing.T) {
	t.Parallel()
	const github = "https://token.actions.githubusercontent.com"
	for _, test := range []struct{ written, want string }{
		{"https://token.actions.githubusercontent.com/.well-known/openid-configuration", github},
		{"https://token.action.githubusercontent.com", github},
		{"https://token.actions.githubusercontent.co", github},
		{"https://tokens.actions.githubusercontent.com/", github},
		{"token.actions.githubusercontent.com", github},
		{"https://github.com/contoso/shop", github},
		{"https://token.actions.githubusercontent.com/contoso/shop", github},
		{"https://gitlab.com/contoso/shop", "https://gitlab.com"},
		{"https://gitlab.con", "https://gitlab.com"},
		{"http://gitlab.contoso.com/", "https://gitlab.contoso.com"},
		{"https://app.terrafrom.io", "https://app.terraform.io"},
		{"https://app.terraform.io/app/contoso", "https://app.terraform.io"},
		{"https://acounts.google.com", "https://accounts.google.com"},
		{"https://login.microsoftonline.com/" + guid, "https://login.microsoftonline.com/" + guid + "/v2.0"},
		{"https://login.microsoftonline.com/" + strings.ToUpper(guid) + "/v2.0", "https://login.microsoftonline.com/" + guid + "/v2.0"},
		{"https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0", "https://login.microsoftonline.com/{tenant_id}/v2.0"},
		{"https://dev.azure.com/contoso", "https://login.microsoftonline.com/{tenant_id}/v2.0"},
		{"https://sts.amazonaws.com", "https://{issuer_id}.tokens.sts.global.api.aws"},
		{"https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789abcdef0123456789abcdef", "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"},
		{"https://westeurope.oic.prod-aks.azure.com/" + guid + "/" + guid, "https://westeurope.oic.prod-aks.azure.com/" + guid + "/" + guid + "/"},

		// Nothing is known of these.
		{github + "/contoso", ""},
		{"https://gitlab.contoso.org", ""},
		{"https://gitlab.de", ""},
		{"https://oidc.cluster.example.com", ""},
		{"https://github.contoso.com/_services/token", ""},
		{"https://terraform.contoso.com", ""},
		{"https://kubernetes.default.svc.cluster.local", ""},
		{"https://127.0.0.1:8443/oidc/ci", ""},
		{"urn:contoso", ""},
		{"ftp://gitlab.com", ""},
		{"://", ""},
		{"", ""},
	} {
		if _, got := Meant(test.written); got != test.want {
			t.Errorf("%q: got %q, want %q", test.written, got, test.want)
		}
	}
}

func TestFill_invalid(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		key    string
		values map[string]string
		want   string
	}{
		{"github_actions", map[string]string{"organization": "contoso"}, "https://token.actions.githubusercontent.com/{enterprise}"},
		{"circleci", nil, "https://oidc.circleci.com/org/{organization_id}"},
		{"circleci", map[string]string{"organization_id": "contoso"}, `organization_id must have the form`},
		{"spiffe", nil, "different issuer URL in each installation"},
	} {
		if _, err := Find(test.key).Fill(test.values); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %v: got %v, want %q", test.key, test.values, err, test.want)
		}
	}
}

func FuzzMeant(f *testing.F) {
	f.Add("https://token.actions.githubusercontent.com/")
	f.Add("gitlab.com")
	f.Add("https://%zz")
	f.Fuzz(func(t *testing.T, written string) {
		known, meant := Meant(written)
		if (known == nil) != (meant == "") || known != nil && meant == written {
			t.Fatalf("%q: %v %q", written, known, meant)
		}
		if known != nil && !strings.Contains(meant, "{") && Of(meant) == nil {
			t.Fatalf("%q was meant to be %q, which is no issuer", written, meant)
		}
	})
}
