package conformance

import (
	"encoding/json"
	"net/http"
	"strings"
)

// checkBatch holds each exchange within a batch against the documents.
func (d *Documents) checkBatch(versionName string, e Exchange) []Violation {
	if e.Status != http.StatusOK {
		return nil // refused as a whole
	}
	type message struct {
		ID      string            `json:"id"`
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	}
	var requests struct {
		Requests []message `json:"requests"`
	}
	var answers struct {
		Responses []message `json:"responses"`
	}
	if json.Unmarshal(e.RequestBody, &requests) != nil || json.Unmarshal(e.ResponseBody, &answers) != nil {
		return nil // reported as a body that is not JSON
	}
	answered := map[string]message{}
	for _, a := range answers.Responses {
		answered[strings.ToLower(a.ID)] = a
	}
	header := func(m message) http.Header {
		h := http.Header{}
		for name, value := range m.Headers {
			h.Set(name, value)
		}
		return h
	}
	body := func(m message) []byte {
		if string(m.Body) == "null" {
			return nil
		}
		return m.Body
	}
	var found []Violation
	for _, r := range requests.Requests {
		a, ok := answered[strings.ToLower(r.ID)]
		if !ok {
			found = append(found, Violation{e.Method, e.Target, e.Status, "answer", "responses", "the request " + r.ID + " has no answer"})
			continue
		}
		found = append(found, d.Check(Exchange{
			Method: r.Method, Target: "/" + versionName + "/" + strings.TrimPrefix(r.URL, "/"),
			RequestHeader: header(r), RequestBody: body(r),
			Status: a.Status, ResponseHeader: header(a), ResponseBody: body(a),
		})...)
	}
	return found
}
