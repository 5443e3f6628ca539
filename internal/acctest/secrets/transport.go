package secrets

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// What is secret of what goes over the wire: fields of the login service's forms
// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow), and properties of its answers
// and of Graph's (https://learn.microsoft.com/graph/api/resources/passwordcredential).
var (
	secretFields     = []string{"assertion", "client_assertion", "client_secret", "password", "refresh_token"}
	secretProperties = []string{"access_token", "accessToken", "id_token", "oidcToken", "refresh_token", "secretText"}
)

// Transport makes the secrets known that pass by. It belongs below everything that logs.
func (w *Watch) Transport(next http.RoundTripper) http.RoundTripper { return &transport{next, w} }

type transport struct {
	next  http.RoundTripper
	watch *Watch
}

func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	of := request.Method + " " + request.URL.Path
	if scheme, value, _ := strings.Cut(request.Header.Get("Authorization"), " "); value != "" {
		t.watch.Add("the "+scheme+" token of "+of, value)
	}
	if mediaType(request.Header) == "application/x-www-form-urlencoded" && request.Body != nil {
		body, err := io.ReadAll(request.Body)
		_ = request.Body.Close()
		if err != nil {
			return nil, err
		}
		request = request.Clone(request.Context())
		request.Body = io.NopCloser(bytes.NewReader(body))
		if form, err := url.ParseQuery(string(body)); err == nil {
			for _, field := range secretFields {
				t.watch.Add("the "+field+" of "+of, form.Get(field))
			}
		}
	}
	response, err := t.next.RoundTrip(request)
	if err == nil && mediaType(response.Header) == "application/json" {
		response.Body = &overheard{ReadCloser: response.Body, take: func(body []byte) { t.watch.answer("of the answer to "+of, body) }}
	}
	return response, err
}

// CloseIdleConnections passes on what an http.Client asks for.
func (t *transport) CloseIdleConnections() { (&http.Client{Transport: t.next}).CloseIdleConnections() }

func mediaType(header http.Header) string {
	value, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return value
}

// answer makes the secrets in a JSON text known.
func (w *Watch) answer(of string, body []byte) {
	documented := w.documentedOf(of)
	var value any
	named := func(property string) bool { return bytes.Contains(body, []byte(`"`+property+`"`)) }
	if !slices.ContainsFunc(secretProperties, named) || json.Unmarshal(body, &value) != nil {
		return
	}
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, property := range secretProperties {
				if text, ok := v[property].(string); ok {
					w.Add("the "+property+" "+of, text, documented...)
				}
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(value)
}

// overheard is a body that somebody else takes in too.
type overheard struct {
	io.ReadCloser
	content bytes.Buffer
	once    sync.Once
	take    func([]byte)
}

func (o *overheard) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	o.content.Write(p[:n])
	if err != nil {
		o.once.Do(func() { o.take(o.content.Bytes()) })
	}
	return n, err
}

func (o *overheard) Close() error {
	o.once.Do(func() { o.take(o.content.Bytes()) })
	return o.ReadCloser.Close()
}
