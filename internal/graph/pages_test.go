package graph

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
)

// pagesServer serves three pages, of which the middle one is empty, and records what it was asked.
func pagesServer(t *testing.T) (client *Client, asked *[]string) {
	t.Helper()
	asked = new([]string)
	client = serve(t, func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.RequestURI()+" "+r.Header.Get("ConsistencyLevel"))
		w.Header().Set("Content-Type", "application/json")
		next := func(token string) string {
			return `"@odata.nextLink":"http://` + r.Host + `/v1.0/applications?$skiptoken=` + token + `",`
		}
		switch r.URL.Query().Get("$skiptoken") {
		case "":
			_, _ = io.WriteString(w, `{`+next("a%2Bb")+`"value":[{"id":"1","appId":"a"},{"id":"2","appId":"a"}]}`)
		case "a+b":
			_, _ = io.WriteString(w, `{`+next("c")+`"value":[]}`)
		case "c":
			_, _ = io.WriteString(w, `{"value":[{"id":"3","appId":"a"}]}`)
		}
	})
	return client, asked
}

func TestPages_followNextLinksVerbatim(t *testing.T) {
	t.Parallel()
	client, asked := pagesServer(t)
	configuration := &applications.ApplicationsRequestBuilderGetRequestConfiguration{
		Headers:         abstractions.NewRequestHeaders(),
		QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{Top: new(int32(2))},
	}
	configuration.Headers.Add("ConsistencyLevel", "eventual")
	var ids []string
	for application, err := range Pages(t.Context(), builder(client).Get, configuration) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, *application.GetId())
	}
	if !slices.Equal(ids, []string{"1", "2", "3"}) {
		t.Errorf("got %v", ids)
	}
	want := []string{
		"/v1.0/applications?%24top=2 eventual",
		"/v1.0/applications?$skiptoken=a%2Bb eventual",
		"/v1.0/applications?$skiptoken=c eventual",
	}
	if !slices.Equal(*asked, want) {
		t.Errorf("asked %q\nwant  %q", *asked, want)
	}
}

func TestPages_stopWhenTheCallerHasEnough(t *testing.T) {
	t.Parallel()
	client, asked := pagesServer(t)
	for application, err := range Pages(t.Context(), builder(client).Get, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if *application.GetId() == "2" {
			break
		}
	}
	if len(*asked) != 1 {
		t.Errorf("asked %q, want the first page only", *asked)
	}
}

func TestPages_endWithTheError(t *testing.T) {
	t.Parallel()
	requests := 0
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests > 1 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"@odata.nextLink":"http://%s/v1.0/applications?$skiptoken=x","value":[{"id":"1","appId":"a"}]}`, r.Host)
	})
	var got []string
	for application, err := range Pages(t.Context(), builder(client).Get, nil) {
		if err != nil {
			e, _ := AsError(err)
			got = append(got, fmt.Sprint(e.Status))
			continue
		}
		got = append(got, *application.GetId())
	}
	if !slices.Equal(got, []string{"1", "403"}) {
		t.Errorf("got %v", got)
	}
}

// A nextLink is the server's word. It must not carry the token elsewhere.
func TestPages_foreignNextLinkGetsNoToken(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"https://elsewhere.example/v1.0/applications", "http://graph.example/v1.0/applications", "https://graph.example:444/v1.0/applications"} {
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){
			answer(200, `{"@odata.nextLink":"`+next+`","value":[]}`), answer(200, `{"value":[]}`),
		}}
		client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: transport})
		var failure error
		for _, err := range Pages(t.Context(), builder(client).Get, nil) {
			failure = err
		}
		if failure == nil || transport.count() != 1 {
			t.Errorf("%s: got %v after %d requests, want an error after 1", next, failure, transport.count())
		}
	}
}
