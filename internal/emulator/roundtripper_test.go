package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// through sends a request to a handler without a network.
func through(t *testing.T, ctx context.Context, handler http.HandlerFunc, method string, body io.Reader) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, "https://tenant.example:8443/a%2Fb?c=d", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Sent", "yes")
	return emulator.RoundTripper{Tenant: handler}.RoundTrip(request)
}

func TestRoundTripper(t *testing.T) {
	t.Parallel()
	closed := &closer{Reader: strings.NewReader("asked")}
	response, err := through(t, t.Context(), func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		if r.Method != "POST" || r.RequestURI != "/a%2Fb?c=d" || r.Host != "tenant.example:8443" || r.TLS == nil || r.RemoteAddr == "" ||
			r.Header.Get("X-Sent") != "yes" || string(content) != "asked" {
			t.Errorf("%+v %s", r, content)
		}
		r.Header.Set("X-Sent", "changed")
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusAccepted)
		w.Header().Set("X-Answer", "too late")
		_, _ = io.WriteString(w, "answered")
	}, "POST", closed)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil || string(content) != "answered" || response.StatusCode != 202 || response.Status != "202 Accepted" ||
		response.Header.Get("X-Answer") != "yes" || response.ContentLength != 8 || response.Request.Header.Get("X-Sent") != "yes" {
		t.Errorf("%+v %s %v", response, content, err)
	}
	if !closed.closed {
		t.Error("the request's body is left open")
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func TestRoundTripper_breaks(t *testing.T) {
	t.Parallel()
	abort := func() { panic(http.ErrAbortHandler) }
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		body    string // as far as there is one
		err     error
	}{
		"before the answer": {func(http.ResponseWriter, *http.Request) { abort() }, "", syscall.ECONNRESET},
		"header only":       {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", "y"); abort() }, "", syscall.ECONNRESET},
		"within the body": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "ha")
			abort()
		}, "ha", io.ErrUnexpectedEOF},
		"less than announced": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "ha")
		}, "ha", io.ErrUnexpectedEOF},
	} {
		response, err := through(t, t.Context(), test.handler, "GET", nil)
		content := ""
		if err == nil {
			var read []byte
			read, err = io.ReadAll(response.Body)
			content = string(read)
			_ = response.Body.Close()
		} else if operation, ok := errors.AsType[*net.OpError](err); !ok || operation.Op != "read" {
			t.Errorf("%s: %v is no error of the network", name, err)
		}
		if !errors.Is(err, test.err) || content != test.body {
			t.Errorf("%s: %q %v", name, content, err)
		}
	}
}

func TestRoundTripper_deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told := false
		handler := func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			told = true
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		response, err := through(t, ctx, handler, "GET", nil)
		if err == nil {
			_ = response.Body.Close()
		}
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Minute {
			t.Errorf("after %s: %v", time.Since(begin), err)
		}
		synctest.Wait()
		if !told {
			t.Error("the tenant is not told that the client has gone")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Timeout: time.Second, Transport: emulator.RoundTripper{Tenant: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })}}
		request, err := http.NewRequestWithContext(t.Context(), "GET", "http://tenant.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		response, err := client.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		if failure, ok := errors.AsType[net.Error](err); !ok || !failure.Timeout() || time.Since(begin) != time.Second {
			t.Errorf("after %s: %v", time.Since(begin), err)
		}
	})
}

func TestRoundTripper_endedBefore(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	body := &closer{Reader: strings.NewReader("x")}
	response, err := through(t, ctx, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }, "POST", body)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, why) || !body.closed {
		t.Errorf("%v, the body is closed: %t", err, body.closed)
	}
}

// TestRoundTripper_signIn has the whole of a client's work in a bubble.
func TestRoundTripper_signIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inProcess(t)
		time.Sleep(time.Until(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
		signIn := func() string {
			t.Helper()
			form := url.Values{
				"grant_type": {"client_credentials"}, "scope": {"https://graph.microsoft.com/.default"},
				"client_id": {emulator.CallerClientID}, "client_secret": {emulator.CallerClientSecret},
			}
			request, err := http.NewRequestWithContext(t.Context(), "POST", c.url+"/"+c.tenant.TenantID()+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			response, err := c.http.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			var token struct {
				AccessToken string `json:"access_token"`
			}
			if err := json.NewDecoder(response.Body).Decode(&token); err != nil || token.AccessToken == "" {
				t.Fatalf("%s: %v", response.Status, err)
			}
			return token.AccessToken
		}
		for _, want := range []int{201, 401} {
			if want == 201 {
				c.token = signIn()
			} else {
				time.Sleep(2 * time.Hour)
			}
			response, content, err := c.do(t.Context(), "POST", "/v1.0/applications", `{"displayName":"a"}`)
			if err != nil || response.StatusCode != want {
				t.Errorf("%v %s %v", response, content, err)
			}
		}
		c.token = signIn()
		if response, content, err := c.do(t.Context(), "POST", "/v1.0/applications", `{"displayName":"b"}`); err != nil || response.StatusCode != 201 {
			t.Errorf("%v %s %v", response, content, err)
		}
	})
}

// TestRoundTripper_local controls the tenant without a network.
func TestRoundTripper_local(t *testing.T) {
	t.Parallel()
	c := inProcess(t)
	response, content, err := c.do(t.Context(), "GET", "/_local/faults", "")
	if err != nil || response.StatusCode != 200 || strings.TrimSpace(string(content)) != `{"rules":[]}` {
		t.Errorf("%v %s %v", response, content, err)
	}
}
