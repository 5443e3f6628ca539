package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tfsdklog"
)

var schema = &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
	{Name: "note", Type: tftypes.String},
	{Name: "password", Type: tftypes.String, Sensitive: true},
	{Name: "keys", NestedType: &tfprotov6.SchemaObject{Nesting: tfprotov6.SchemaObjectNestingModeList, Attributes: []*tfprotov6.SchemaAttribute{
		{Name: "value", Type: tftypes.String},
	}}},
}}}

// object has a text in each attribute of the schema.
func object(note, password, key string) *tfprotov6.DynamicValue {
	keyType := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"value": tftypes.String}}
	value := must(tfprotov6.NewDynamicValue(schema.ValueType(), tftypes.NewValue(schema.ValueType(), map[string]tftypes.Value{
		"note": tftypes.NewValue(tftypes.String, note), "password": tftypes.NewValue(tftypes.String, password),
		"keys": tftypes.NewValue(tftypes.List{ElementType: keyType}, []tftypes.Value{
			tftypes.NewValue(keyType, map[string]tftypes.Value{"value": tftypes.NewValue(tftypes.String, key)}),
		}),
	})))
	return &value
}

// leaky is a provider that leaks a secret wherever it can.
type leaky struct{ ProviderServer }

func (leaky) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	schemas := map[string]*tfprotov6.Schema{"test_thing": schema}
	return &tfprotov6.GetProviderSchemaResponse{Provider: schema, ResourceSchemas: schemas, DataSourceSchemas: schemas}, nil
}

func (leaky) ConfigureProvider(ctx context.Context, _ *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	tflog.Trace(ctx, "configured with "+hush)
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (leaky) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return nil, errors.New("broken: " + hush)
}

func (leaky) ApplyResourceChange(ctx context.Context, _ *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	tfsdklog.Trace(ctx, "set", map[string]any{"value": hush})
	return &tfprotov6.ApplyResourceChangeResponse{
		NewState: object("note "+hush, hush, hush), Private: must(json.Marshal(map[string][]byte{"key": []byte("x" + hush)})),
		NewIdentity: &tfprotov6.ResourceIdentityData{IdentityData: object(hush, "", "")},
		Diagnostics: []*tfprotov6.Diagnostic{{Summary: "Failed", Detail: "with " + hush, Attribute: tftypes.NewAttributePath().WithAttributeName("note")}},
	}, nil
}

func (leaky) ListResource(context.Context, *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	return &tfprotov6.ListResourceServerStream{Results: func(yield func(tfprotov6.ListResourceResult) bool) {
		_ = yield(tfprotov6.ListResourceResult{DisplayName: "x", Resource: object("", "", hush)}) && yield(tfprotov6.ListResourceResult{DisplayName: hush})
	}}, nil
}

func (leaky) InvokeAction(context.Context, *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(yield func(tfprotov6.InvokeActionEvent) bool) {
		yield(tfprotov6.InvokeActionEvent{Type: tfprotov6.ProgressInvokeActionEventType{Message: hush}})
	}}, nil
}

// Each way in which a provider can leak a secret is found, and named.
func TestServer(t *testing.T) {
	t.Parallel()
	w := New()
	server := w.Server(leaky{})
	ctx := t.Context()
	_ = must(server.GetProviderSchema(ctx, nil))
	_ = must(server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: object("what is not sensitive", hush, "")}))
	if _, err := server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "test_thing"}); err == nil {
		t.Error("the error is lost")
	}
	applied := must(server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: "test_thing"}))
	if len(applied.Diagnostics) != 1 {
		t.Error("the answer is lost")
	}
	if got := count(must(server.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: "test_thing"})).Results); got != 2 {
		t.Errorf("%d results", got)
	}
	if got := count(must(server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: "test_act"})).Events); got != 1 {
		t.Errorf("%d events", got)
	}
	const it = "the provider's password: "
	always := []string{
		it + "Detail of ApplyResourceChange test_thing",
		it + "DisplayName of ListResource test_thing",
		it + "IdentityData of ApplyResourceChange test_thing",
		it + "Message of InvokeAction test_act",
	}
	keys := []string{it + "NewState of ApplyResourceChange test_thing, test_thing.keys.value"}
	note := it + "NewState of ApplyResourceChange test_thing, test_thing.note"
	rest := []string{
		it + "Private of ApplyResourceChange test_thing",
	}
	listed := it + "Resource of ListResource test_thing, test_thing.keys.value"
	last := []string{it + "the error of ReadDataSource test_thing", it + `the log, @message of "configured with ***"`, it + `the log, value of "set"`}
	join := func(parts ...[]string) []string {
		var all []string
		for _, part := range parts {
			all = append(all, part...)
		}
		return all
	}
	expect(t, w, join(always, keys, []string{note, it + "NewState of ApplyResourceChange test_thing, test_thing.password"}, rest, []string{listed}, last)...)

	// What is documented is excepted, if it is sensitive.
	const plain = ", which is not sensitive"
	w.Add("", hush, "test_thing.password", "test_thing.keys.value")
	expect(t, w, join(always, []string{keys[0] + plain, note}, rest, []string{listed + plain}, last)...)
	for _, line := range []string{"configured with", `"@module":"sdk"`} {
		if !strings.Contains(w.Log(), line) {
			t.Errorf("the log lacks %s:\n%s", line, w.Log())
		}
	}
}

// With a CLI the log is the CLI's.
func TestServerOfCLI_leavesTheLog(t *testing.T) {
	t.Parallel()
	w := New()
	server := w.ServerOfCLI(leaky{})
	_ = must(server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: "test_thing"}))
	w.Add("it", hush)
	if w.Log() != "" || len(w.Findings()) != 4 { // without a schema the state has no attributes
		t.Errorf("found %v, logged %s", w.Findings(), w.Log())
	}
}

func count[T any](values iter.Seq[T]) int {
	n := 0
	for range values {
		n++
	}
	return n
}

// What passes by is known from then on.
func TestTransport(t *testing.T) {
	t.Parallel()
	sent := map[string]string{
		"/bearer": "bearer-secret-value", "/form": "form-secret-value", "/answer": "answer-secret-value", "/deep": "deep-secret-value",
	}
	service := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		switch r.URL.Path {
		case "/form":
			if r.PostFormValue("client_secret") != sent["/form"] {
				t.Error("the form is lost")
			}
		case "/answer":
			_, _ = rw.Write([]byte(`{"access_token":"` + sent["/answer"] + `","expires_in":1}`))
		case "/deep":
			_, _ = rw.Write([]byte(`{"value":[{"passwordCredentials":[{"secretText":"` + sent["/deep"] + `","hint":"dee"},{"secretText":null}]}]}`))
		}
	}))
	defer service.Close()
	w := New()
	client := &http.Client{Transport: w.Transport(http.DefaultTransport)}
	for path, secret := range sent {
		request := must(http.NewRequestWithContext(t.Context(), http.MethodPost, service.URL+path, strings.NewReader("client_secret="+sent["/form"]+"&scope=some-scope")))
		switch path {
		case "/form":
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		case "/bearer":
			request.Header.Set("Authorization", "Bearer "+secret)
		}
		response := must(client.Do(request))
		var answer any
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil && (path == "/answer" || path == "/deep") {
			t.Error(err)
		}
		_ = response.Body.Close()
	}
	_, _ = w.Write([]byte("some-scope bearer-secret-value form-secret-value answer-secret-value deep-secret-value"))
	expectSecrets := []string{
		"the Bearer token of POST /bearer: the log", "the access_token of the answer to POST /answer: the log",
		"the client_secret of POST /form: the log", "the secretText of the answer to POST /deep: the log",
	}
	expect(t, w, expectSecrets...)
}
