package batch

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// server answers what the tests ask of it and remembers the requests it served.
type server struct {
	mutex  sync.Mutex
	served []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.mutex.Lock()
	s.served = append(s.served, r.Method+" "+r.URL.Path)
	s.mutex.Unlock()
	w.Header().Set("Cache-Control", "no-cache")
	switch _, what, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/"); what {
	case "echo":
		w.Header().Set("Content-Type", "application/json;odata.metadata=minimal")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"method": r.Method, "path": r.URL.Path, "query": r.URL.Query(), "uri": r.RequestURI, "body": string(content), "length": r.ContentLength,
			"authorization": r.Header.Get("Authorization"), "consistency": r.Header.Get("ConsistencyLevel"), "type": r.Header.Get("Content-Type"),
			"host": r.Host, "accept": r.Header.Get("Accept-Encoding"),
		})
	case "empty":
		w.WriteHeader(http.StatusNoContent)
	case "picture":
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte{0x89, 'P', 'N', 'G'})
	case "count":
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "42")
	case "missing":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":{"code":"Request_ResourceNotFound"}}`)
	case "slow":
		time.Sleep(time.Second)
		w.WriteHeader(http.StatusNoContent)
	case "abort":
		panic(http.ErrAbortHandler)
	default:
		_, _ = fmt.Fprint(w, "not a batch: ", r.Method, " ", r.URL.Path)
	}
}

type answer struct {
	Responses []struct {
		ID      string            `json:"id"`
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"`
	} `json:"responses"`
	Error struct {
		Code       string            `json:"code"`
		Message    string            `json:"message"`
		InnerError map[string]string `json:"innerError"`
	} `json:"error"`
}

func post(t *testing.T, next http.Handler, body string) (int, answer) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://graph.example/v1.0/$batch", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("ConsistencyLevel", "eventual")
	r.Header.Set("client-request-id", "mine")
	return serve(t, next, r)
}

func serve(t *testing.T, next http.Handler, r *http.Request) (int, answer) {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(next, time.Now).ServeHTTP(w, r)
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return w.Code, a
}

func TestHandler_requests(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request string
		want    map[string]any // of what the server saw
	}{
		"slash in front":     {`{"id":"1","method":"GET","url":"/echo"}`, map[string]any{"path": "/v1.0/echo", "method": "GET", "body": "", "length": 0.0}},
		"no slash":           {`{"id":"1","method":"GET","url":"echo"}`, map[string]any{"path": "/v1.0/echo"}},
		"query":              {`{"id":"1","method":"GET","url":"echo?$filter=city eq null&$count=true"}`, map[string]any{"query": map[string]any{"$filter": []any{"city eq null"}, "$count": []any{"true"}}, "uri": "/v1.0/echo?$filter=city%20eq%20null&$count=true"}},
		"escaped query":      {`{"id":"1","method":"GET","url":"echo?$filter=name%20eq%20'a%26b'"}`, map[string]any{"query": map[string]any{"$filter": []any{"name eq 'a&b'"}}}},
		"quotes in a query":  {`{"id":"1","method":"GET","url":"echo?$search=\"displayName:ö\""}`, map[string]any{"query": map[string]any{"$search": []any{`"displayName:ö"`}}}},
		"authorization":      {`{"id":"1","method":"GET","url":"echo"}`, map[string]any{"authorization": "Bearer token", "host": "graph.example"}},
		"own authorization":  {`{"id":"1","method":"GET","url":"echo","headers":{"authorization":"Bearer other"}}`, map[string]any{"authorization": "Bearer other"}},
		"no other header":    {`{"id":"1","method":"GET","url":"echo"}`, map[string]any{"consistency": "", "accept": ""}},
		"own header":         {`{"id":"1","method":"GET","url":"echo","headers":{"ConsistencyLevel":"eventual"}}`, map[string]any{"consistency": "eventual"}},
		"JSON body":          {`{"id":"1","method":"POST","url":"echo","headers":{"Content-Type":"application/json"},"body":{"a": 1}}`, map[string]any{"method": "POST", "body": `{"a": 1}`, "length": 8.0, "type": "application/json"}},
		"JSON string body":   {`{"id":"1","method":"PATCH","url":"echo","headers":{"Content-Type":"application/json; charset=utf-8"},"body":"text"}`, map[string]any{"body": `"text"`}},
		"empty object":       {`{"id":"1","method":"POST","url":"echo","headers":{"content-type":"application/json"},"body":{}}`, map[string]any{"body": `{}`}},
		"base64 body":        {`{"id":"1","method":"PUT","url":"echo","headers":{"Content-Type":"image/png"},"body":"aGk/Pg=="}`, map[string]any{"body": `hi?>`}},
		"base64url body":     {`{"id":"1","method":"PUT","url":"echo","headers":{"Content-Type":"image/png"},"body":"aGk_Pg"}`, map[string]any{"body": `hi?>`}},
		"null for no body":   {`{"id":"1","method":"GET","url":"echo","body":null}`, map[string]any{"body": ""}},
		"delete has no body": {`{"id":"1","method":"DELETE","url":"echo"}`, map[string]any{"method": "DELETE"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, a := post(t, &server{}, `{"requests":[`+test.request+`]}`)
			if status != http.StatusOK || len(a.Responses) != 1 {
				t.Fatalf("%d: %+v", status, a)
			}
			if a.Responses[0].Status != http.StatusCreated || a.Responses[0].ID != "1" {
				t.Errorf("%+v", a.Responses[0])
			}
			seen := a.Responses[0].Body.(map[string]any)
			for key, want := range test.want {
				if got, wanted := fmt.Sprint(seen[key]), fmt.Sprint(want); got != wanted {
					t.Errorf("%s is %s, want %s", key, got, wanted)
				}
			}
		})
	}
}

func TestHandler_responses(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"empty":   `204 map[Cache-Control:no-cache] <nil>`,
		"picture": `200 map[Cache-Control:no-cache Content-Type:image/png] iVBORw==`,
		"count":   `200 map[Cache-Control:no-cache Content-Type:text/plain] NDI=`,
		"missing": `404 map[Cache-Control:no-cache Content-Type:application/json] map[error:map[code:Request_ResourceNotFound]]`,
	} {
		status, a := post(t, &server{}, `{"requests":[{"id":"x","method":"GET","url":"`+path+`"}]}`)
		if status != http.StatusOK || len(a.Responses) != 1 {
			t.Fatalf("%s: %d %+v", path, status, a)
		}
		if got := fmt.Sprintf("%v %v %v", a.Responses[0].Status, a.Responses[0].Headers, a.Responses[0].Body); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", path, got, want)
		}
	}
}

func TestHandler_versions(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/v1.0/$batch": "/v1.0/echo", "/beta/$batch": "/beta/echo", "/beta/%24batch": "/beta/echo"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(`{"requests":[{"id":"1","method":"GET","url":"/echo"}]}`))
		_, a := serve(t, &server{}, r)
		if got := a.Responses[0].Body.(map[string]any)["path"]; got != want {
			t.Errorf("%s: %v, want %s", path, got, want)
		}
	}
}

func TestHandler_passesOn(t *testing.T) {
	t.Parallel()
	for _, request := range []string{"GET /v1.0/$batch", "POST /v1.0/applications", "POST /v2.0/$batch", "POST /$batch", "POST /v1.0/applications/$batch"} {
		method, path, _ := strings.Cut(request, " ")
		w := httptest.NewRecorder()
		Handler(&server{}, time.Now).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
		if got, want := w.Body.String(), "not a batch: "+request; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestHandler_refused(t *testing.T) {
	t.Parallel()
	twentyOne := strings.TrimSuffix(strings.Repeat(`{"id":"1","method":"GET","url":"/echo"},`, 21), ",")
	for name, test := range map[string]struct{ body, want string }{
		"not JSON":              {`requests`, "Invalid batch payload format."},
		"no requests":           {`{}`, "Invalid batch payload format."},
		"empty":                 {`{"requests":[]}`, "Invalid batch payload format."},
		"no id":                 {`{"requests":[{"method":"GET","url":"/echo"}]}`, "Invalid batch payload format."},
		"no method":             {`{"requests":[{"id":"1","url":"/echo"}]}`, "Invalid batch payload format."},
		"bad method":            {`{"requests":[{"id":"1","method":"G E T","url":"/echo"}]}`, "Invalid batch payload format."},
		"no url":                {`{"requests":[{"id":"1","method":"GET"}]}`, "Invalid batch payload format."},
		"bad url":               {`{"requests":[{"id":"1","method":"GET","url":"/echo%zz"}]}`, "Invalid batch payload format."},
		"bad base64":            {`{"requests":[{"id":"1","method":"PUT","url":"/echo","headers":{"Content-Type":"image/png"},"body":"!"}]}`, "Invalid batch payload format."},
		"too many":              {`{"requests":[` + twentyOne + `]}`, "Number of requests inside batch exceed the limit."},
		"same id":               {`{"requests":[{"id":"a","method":"GET","url":"/echo"},{"id":"A","method":"GET","url":"/echo"}]}`, "Request Id A has to be unique in a batch."},
		"body without type":     {`{"requests":[{"id":"7","method":"POST","url":"/echo","body":{}}]}`, "Write request id : 7 does not contain Content-Type header or body."},
		"write without body":    {`{"requests":[{"id":"7","method":"POST","url":"/echo","headers":{"Content-Type":"application/json"}}]}`, "Write request id : 7 does not contain Content-Type header or body."},
		"unknown dependency":    {`{"requests":[{"id":"1","method":"GET","url":"/echo","dependsOn":["2"]}]}`, "Invalid batch payload format."},
		"depends on itself":     {`{"requests":[{"id":"1","method":"GET","url":"/echo","dependsOn":["1"]}]}`, "Invalid batch payload format."},
		"circular dependencies": {`{"requests":[{"id":"1","method":"GET","url":"/echo","dependsOn":["2"]},{"id":"2","method":"GET","url":"/echo","dependsOn":["1"]}]}`, "Invalid batch payload format."},
		"too large":             {`{"requests":[{"id":"` + strings.Repeat("x", maxSize) + `","method":"GET","url":"/echo"}]}`, "Invalid batch payload format."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := &server{}
			status, a := post(t, next, test.body)
			if status != http.StatusBadRequest || a.Error.Code != "BadRequest" || a.Error.Message != test.want {
				t.Errorf("%d %s: %s, want %s", status, a.Error.Code, a.Error.Message, test.want)
			}
			if a.Error.InnerError["client-request-id"] != "mine" || a.Error.InnerError["request-id"] == "" || a.Error.InnerError["date"] == "" {
				t.Errorf("innerError: %v", a.Error.InnerError)
			}
			if len(next.served) > 0 {
				t.Errorf("served %v all the same", next.served)
			}
		})
	}
}

func TestHandler_sequence(t *testing.T) {
	t.Parallel()
	next := &server{}
	_, a := post(t, next, `{"requests":[
		{"id":"last","method":"GET","url":"/count","dependsOn":["MIDDLE","first"]},
		{"id":"middle","method":"GET","url":"/empty","dependsOn":["First"]},
		{"id":"first","method":"GET","url":"/picture"}]}`)
	if got, want := fmt.Sprint(next.served), "[GET /v1.0/picture GET /v1.0/empty GET /v1.0/count]"; got != want {
		t.Errorf("served %s, want %s", got, want)
	}
	if len(a.Responses) != 3 || a.Responses[0].ID != "last" {
		t.Errorf("%+v", a)
	}
}

func TestHandler_failedDependency(t *testing.T) {
	t.Parallel()
	next := &server{}
	status, a := post(t, next, `{"requests":[
		{"id":"1","method":"GET","url":"/missing"},
		{"id":"2","method":"GET","url":"/count","dependsOn":["1"]},
		{"id":"3","method":"GET","url":"/count","dependsOn":["2"]},
		{"id":"4","method":"GET","url":"/empty"}]}`)
	if status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	for i, want := range []int{404, 424, 424, 204} {
		if got := a.Responses[i].Status; got != want {
			t.Errorf("%s: %d, want %d", a.Responses[i].ID, got, want)
		}
	}
	if code := a.Responses[1].Body.(map[string]any)["error"].(map[string]any)["code"]; code != "FailedDependency" {
		t.Errorf("code %v", code)
	}
	if len(next.served) != 2 {
		t.Errorf("served %v", next.served)
	}
}

func TestHandler_parallel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var requests []string
		for i := range maxRequests {
			requests = append(requests, fmt.Sprintf(`{"id":"%d","method":"GET","url":"/slow"}`, i))
		}
		began := time.Now()
		_, a := post(t, &server{}, `{"requests":[`+strings.Join(requests, ",")+`]}`)
		if took := time.Since(began); took != time.Second || len(a.Responses) != maxRequests {
			t.Errorf("%d responses in %s", len(a.Responses), took)
		}
	})
}

func TestHandler_abort(t *testing.T) {
	t.Parallel()
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("panic: %v", err)
		}
	}()
	post(t, &server{}, `{"requests":[{"id":"1","method":"GET","url":"/abort"},{"id":"2","method":"GET","url":"/empty","dependsOn":["1"]}]}`)
}

func TestHandler_compression(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	zipped := gzip.NewWriter(&body)
	if _, err := io.WriteString(zipped, `{"requests":[{"id":"1","method":"GET","url":"/echo"}]}`); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1.0/$batch", &body)
	r.Header.Set("Content-Encoding", "gzip")
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	Handler(&server{}, time.Now).ServeHTTP(w, r)
	unzipped, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.NewDecoder(unzipped).Decode(&a); err != nil {
		t.Fatal(err)
	}
	if len(a.Responses) != 1 || a.Responses[0].Status != http.StatusCreated {
		t.Errorf("%+v", a)
	}
}
