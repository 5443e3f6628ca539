package graph

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// levelVariable, with the subsystem's name in capitals after it, sets the level of one kind of traffic by itself, such as
// TF_LOG_PROVIDER_WORKLOADID_GRAPH=TRACE.
const levelVariable = "TF_LOG_PROVIDER_WORKLOADID"

// NewLogging writes each request and its answer to Terraform's log, under the given subsystem: one line at DEBUG, with
// headers and bodies at TRACE. What is secret by its name (see mask.go), and the given secrets wherever they turn up, is
// masked at every level. It also reads each answer to its end, so that a connection that breaks in the middle is a
// failed request, which the links above can judge, and not a surprise for whoever reads the body. So is an answer that
// is none (see sound.go). A refusal that repeats the secrets it was sent loses them here, so that no error that is made
// of it has them.
func NewLogging(next http.RoundTripper, subsystem string, secrets []string) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		ctx := tflog.NewSubsystem(request.Context(), subsystem, tflog.WithLevelFromEnv(levelVariable, subsystem), tflog.WithRootFields())
		ctx = tflog.SubsystemMaskLogStrings(ctx, subsystem, secrets...)
		trace := tflog.SubsystemIsTrace(ctx, subsystem)
		fields := map[string]any{
			"method": request.Method,
			"url":    maskURL(request.URL),
		}
		if id := request.Header.Get(clientRequestID); id != "" {
			fields[clientRequestID] = id
		}
		request, sent, err := withBody(request)
		if err != nil {
			return nil, err
		}
		if trace {
			fields["request_header"] = maskHeader(request.Header)
			fields["request_body"] = maskBody(request.Header.Get("Content-Type"), sent)
		}

		start := time.Now()
		response, err := next.RoundTrip(request)
		var body []byte
		if err == nil {
			body, err = io.ReadAll(response.Body)
			_ = response.Body.Close()
		}
		if err == nil {
			err = sound(request, response, body)
		}
		fields["milliseconds"] = time.Since(start).Milliseconds()
		if err != nil {
			fields["error"] = err.Error()
			tflog.SubsystemDebug(ctx, subsystem, "no answer", fields)
			return nil, err
		}
		if response.StatusCode >= http.StatusMultipleChoices {
			body = withoutEcho(request, sent, body)
			response.ContentLength = int64(len(body))
		}
		response.Body = io.NopCloser(bytes.NewReader(body))

		fields["status"] = response.StatusCode
		fields["bytes"] = len(body)
		if id := response.Header.Get("request-id"); id != "" {
			fields["request-id"] = id
		}
		if trace {
			fields["response_header"] = maskHeader(response.Header)
			fields["response_body"] = maskBody(response.Header.Get("Content-Type"), body)
		}
		tflog.SubsystemDebug(ctx, subsystem, fmt.Sprintf("%s %s: %d", request.Method, request.URL.Path, response.StatusCode), fields)
		return response, nil
	})
}

// withBody reads a request's body and returns a request that still has it. It does not use GetBody, which azcore's
// requests answer with the very body that is to be sent.
func withBody(request *http.Request) (*http.Request, []byte, error) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, nil, nil
	}
	body, err := io.ReadAll(request.Body)
	_ = request.Body.Close()
	if err != nil {
		return nil, nil, err
	}
	copied := request.Clone(request.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	copied.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	return copied, body, nil
}
