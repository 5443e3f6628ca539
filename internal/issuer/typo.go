package issuer

import (
	"net/url"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/spelling"
)

// discovery is what people copy along with an issuer's URL.
const discovery = "/.well-known/openid-configuration"

// Meant recognises a URL that is none of an issuer in the table, but is so close to one that nobody can mean another: with a
// wrong scheme, letter case, slash at the end, port or path, the address of the discovery document, or a host that is taken
// for the issuer's. It is nil for a URL that is right, or not known. The second result is the URL that was meant; with names in
// braces where it cannot be told from what was written.
func Meant(written string) (*Issuer, string) {
	if Of(written) != nil {
		return nil, ""
	}
	parsed := parse(written)
	if parsed == nil {
		return nil, ""
	}
	for _, candidate := range spellings(parsed) {
		if known := Of(candidate); known != nil {
			return known, candidate
		}
	}
	for _, known := range All {
		if slices.Contains(known.mistaken, parsed.Hostname()) {
			return known, known.URLs[0].Template
		}
	}
	for _, known := range All {
		for _, form := range known.URLs {
			if host, fixed := form.host(); fixed && near(parsed.Hostname(), host) {
				return known, form.Template
			}
		}
	}
	return nil, ""
}

// parse reads a URL of http or https, or one without a scheme, as one of https with a host in lower case.
func parse(written string) *url.URL {
	text := strings.TrimSpace(written)
	if !strings.Contains(text, "://") {
		text = "https://" + strings.TrimLeft(text, "/")
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return nil
	}
	parsed.Scheme, parsed.Host = "https", strings.ToLower(parsed.Hostname())
	parsed.Path = strings.TrimSuffix(strings.TrimRight(parsed.Path, "/"), discovery)
	parsed.RawPath, parsed.RawQuery, parsed.Fragment = "", "", ""
	return parsed
}

// spellings are the ways in which a URL may have been meant: letter by letter, in lower case, with a slash at the end.
func spellings(parsed *url.URL) []string {
	text := strings.TrimRight(parsed.String(), "/")
	lower := strings.ToLower(text)
	upper := text[:strings.LastIndex(text, "/")+1] + strings.ToUpper(text[strings.LastIndex(text, "/")+1:])
	spellings := []string{text, text + "/", lower, lower + "/", upper}
	// The version is what Microsoft's tokens have after the tenant and people leave out.
	return append(spellings, lower+"/v2.0")
}

// host is the template's, and whether it is the same in all URLs of the form.
func (u URL) host() (string, bool) {
	host, _, _ := strings.Cut(strings.TrimPrefix(u.Template, "https://"), "/")
	return host, !strings.Contains(host, "{")
}

// near reports whether a host is the other one, with a slip of the keyboard at most. A short name is easily somebody else's: two
// slips are only assumed in a long one.
func near(written, host string) bool {
	slips := 1
	if len(host) >= 14 {
		slips = 2
	}
	return spelling.Distance(written, host) <= slips
}
