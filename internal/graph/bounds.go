package graph

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// maximumAnswer is how many bytes an answer has at most, after decompression: far more than a page of the largest objects.
// A host that answers more, or a bomb of a few kilobytes that becomes gigabytes, must not fill the memory.
const maximumAnswer = 64 << 20

// Bounded refuses answers that are larger than any of Microsoft's.
func Bounded(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		response.Body = &boundedBody{ReadCloser: response.Body, left: maximumAnswer, from: request.Method + " " + request.URL.Host + request.URL.Path}
		return response, nil
	})
}

type boundedBody struct {
	io.ReadCloser
	left int64
	from string
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, &tooLarge{b.from}
	}
	return n, err
}

// tooLarge is an answer that nobody reads to its end. Another one would be no smaller.
type tooLarge struct{ from string }

func (e *tooLarge) Error() string {
	return fmt.Sprintf("the answer to %s has more than %d MiB, which no answer of Microsoft's has: what answers is something else", e.from, maximumAnswer>>20)
}

// IsSafe reports whether what is sent to an address can't be read on its way: over TLS, or not leaving this machine.
func IsSafe(address *url.URL) bool {
	return address.Scheme == "https" || address.Scheme == "http" && IsLoopback(address.Hostname())
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// Confined refuses to send a body, such as a client secret, to another place than the cloud's login service: what a discovery
// document says of that is not believed. Programs on this machine give tokens, too, to who tells them nothing secret.
func Confined(next http.RoundTripper, cloud Cloud) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if request.Method == http.MethodGet || cloud.logsInAt(request.URL) || IsLoopback(request.URL.Hostname()) || isLinkLocal(request.URL.Hostname()) {
			return next.RoundTrip(request)
		}
		return nil, &misdirected{to: request.URL.Scheme + "://" + request.URL.Host, want: cloud.Authority, what: "the credentials"}
	})
}

// logsInAt reports whether an address is one of the login service's.
func (c Cloud) logsInAt(address *url.URL) bool {
	authority, err := url.Parse(c.Authority)
	if err != nil || !IsSafe(address) {
		return false
	}
	if address.Scheme == authority.Scheme && strings.EqualFold(address.Host, authority.Host) {
		return true
	}
	return !c.CustomAuthority && slices.Contains(loginHosts, strings.ToLower(address.Host))
}

// loginHosts are the names by which Microsoft's login services send clients to one another, as its own libraries know them. See
// https://github.com/AzureAD/microsoft-authentication-library-for-go, apps/internal/oauth/ops/authority.
var loginHosts = []string{
	"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
	"login.partner.microsoftonline.cn", "login.chinacloudapi.cn",
	"login.microsoftonline.us", "login.usgovcloudapi.net", "login-us.microsoftonline.com",
}

// isLinkLocal reports whether a host is where machines in Azure find their identities.
func isLinkLocal(host string) bool {
	address := net.ParseIP(host)
	return address != nil && address.IsLinkLocalUnicast()
}
