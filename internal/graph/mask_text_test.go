package graph

import (
	"strings"
	"testing"
)

func TestMaskText(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjb250b3NvIn0.c2lnbmF0dXJl" //nolint:gosec // of nobody
	const secret = "abc8Q~defghijklmnopqrstuvwxyz0123456789"                  //nolint:gosec // of nobody
	for name, c := range map[string]struct{ text, want string }{
		"a raw answer":         {`unmarshal: {"token_type":"Bearer","expires_in":"x","access_token":"` + token + `"}`, `unmarshal: {"token_type":"Bearer","expires_in":"x","access_token":"***"}`},
		"an opaque token":      {`{"access_token": "0.AbCdEfGhIjKlMnOp-_x", "scope": "openid"}`, `{"access_token": "***", "scope": "openid"}`},
		"a quoted answer":      {`body: "{\"refresh_token\":\"0.AbCdEfGhIjKlMnOp\",\"error\":\"x\"}"`, `body: "{\"refresh_token\":\"***\",\"error\":\"x\"}"`},
		"a token that breaks":  {"got " + token[:40], "got ***"},
		"a header":             {"Authorization: Bearer 0.AbCdEfGhIjKlMnOp", "Authorization: Bearer ***"},
		"a form":               {"POST client_id=x&client_secret=abcdefghijklmnop&scope=y", "POST client_id=x&client_secret=***&scope=y"},
		"a client secret":      {"the secret " + secret + " is wrong", "the secret *** is wrong"},
		"a private key":        {"read -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY----- here", "read *** here"},
		"half a private key":   {"read -----BEGIN PRIVATE KEY-----\nMIIE", "read ***"},
		"a given one":          {"signed in with hunter2 or hunter2%21", "signed in with *** or ***%21"},
		"nothing secret":       {"client_secret: set it, or client_secret_file_path. Code: Authorization_RequestDenied; token: none", "client_secret: set it, or client_secret_file_path. Code: Authorization_RequestDenied; token: none"},
		"names and ids":        {"application 0f4c8b52-6a37-4d4f-9a5e-1f3f0a0c7a11 has no password", "application 0f4c8b52-6a37-4d4f-9a5e-1f3f0a0c7a11 has no password"},
		"an expression":        {`claims['sub'] matches 'repo:contoso/*'`, `claims['sub'] matches 'repo:contoso/*'`},
		"a long text, as fast": {strings.Repeat("eyJ a~b password ", 10_000), strings.Repeat("eyJ a~b password ", 10_000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := MaskText(c.text, "hunter2", "a"); got != c.want {
				t.Errorf("%s\ngot  %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}
