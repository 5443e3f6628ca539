package secrets

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"
)

// A ProviderServer is one with everything that a provider can offer to all versions of the protocol's clients.
type ProviderServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// Server watches what a provider's server answers, and has it log to the watch, at TRACE. It panics where the server is
// not a [ProviderServer], as the framework's are.
func (w *Watch) Server(next tfprotov6.ProviderServer) ProviderServer {
	return &server{next: next.(ProviderServer), watch: w, logs: true}
}

// ServerOfCLI watches what a provider's server answers. Its log is left to Terraform's CLI.
func (w *Watch) ServerOfCLI(next tfprotov6.ProviderServer) ProviderServer {
	return &server{next: next.(ProviderServer), watch: w}
}

type server struct {
	next  ProviderServer
	watch *Watch
	logs  bool

	mutex       sync.Mutex
	provider    *tfprotov6.Schema
	resources   map[string]*tfprotov6.Schema
	dataSources map[string]*tfprotov6.Schema
	ephemerals  map[string]*tfprotov6.Schema
}

// context is that of a call, with the log.
func (s *server) context(ctx context.Context) context.Context {
	if !s.logs {
		return ctx
	}
	return tfsdklogtest.RootLogger(tflogtest.RootLogger(ctx, s.watch), s.watch)
}

// seen says what an answer is about.
type seen struct {
	rpc  string
	of   string
	kind func(*server) map[string]*tfprotov6.Schema // nil where the answer has no state
}

func (s *server) schema(what seen) *tfprotov6.Schema {
	if what.kind == nil {
		return nil
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return what.kind(s)[what.of]
}

// ephemeralPrefix is before the attributes of ephemeral resources, which may have the types of others. What they are
// documented to hold may be in their results alone.
const ephemeralPrefix = "ephemeral."

// named is what the attributes of an answer begin with.
func named(what seen) string {
	if what.rpc == "OpenEphemeralResource" {
		return ephemeralPrefix + what.of
	}
	return what.of
}

func resources(s *server) map[string]*tfprotov6.Schema   { return s.resources }
func dataSources(s *server) map[string]*tfprotov6.Schema { return s.dataSources }
func ephemerals(s *server) map[string]*tfprotov6.Schema  { return s.ephemerals }

func call[Request, Response any](ctx context.Context, s *server, what seen, request Request, next func(context.Context, Request) (Response, error)) (Response, error) {
	response, err := next(s.context(ctx), request)
	if err != nil {
		s.watch.look(piece{place: fmt.Sprintf("the error of %s %s", what.rpc, what.of), content: []byte(err.Error())})
		return response, err
	}
	s.look(what, reflect.ValueOf(response), "")
	return response, nil
}

// look takes in every text, every value and all bytes of an answer.
func (s *server) look(what seen, value reflect.Value, field string) {
	at := func(content []byte) piece {
		return piece{place: strings.TrimSpace(fmt.Sprintf("%s of %s %s", field, what.rpc, what.of)), content: content}
	}
	switch v := value.Interface().(type) {
	case *tfprotov6.DynamicValue:
		if v != nil {
			p := at(slices.Concat(v.MsgPack, v.JSON))
			if schema := s.schema(what); schema != nil && field != "IdentityData" {
				p.fields = attributesOf(named(what), schema.ValueType())
			}
			s.watch.look(p)
		}
		return
	case *tftypes.AttributePath, tftypes.Type:
		return
	case []byte:
		s.watch.look(at(v))
		return
	}
	switch value.Kind() {
	case reflect.String:
		s.watch.look(at([]byte(value.String())))
	case reflect.Pointer, reflect.Interface:
		if !value.IsNil() {
			s.look(what, value.Elem(), field)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				s.look(what, value.Field(i), value.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		for i := range value.Len() {
			s.look(what, value.Index(i), field)
		}
	}
}

// attributesOf has the texts in an object as it goes over the wire.
func attributesOf(typeName string, valueType tftypes.Type) func([]byte) iter.Seq2[string, string] {
	return func(content []byte) iter.Seq2[string, string] {
		return func(yield func(string, string) bool) {
			value, err := tfprotov6.DynamicValue{MsgPack: content}.Unmarshal(valueType)
			if err != nil {
				return
			}
			more := true
			_ = tftypes.Walk(value, func(path *tftypes.AttributePath, v tftypes.Value) (bool, error) {
				if more && v.Type().Is(tftypes.String) && v.IsKnown() && !v.IsNull() {
					var text string
					_ = v.As(&text) // it is one
					more = yield(attributeName(typeName, path), text)
				}
				return more, nil
			})
		}
	}
}

func attributeName(typeName string, path *tftypes.AttributePath) string {
	names := []string{typeName}
	for _, step := range path.Steps() {
		if name, ok := step.(tftypes.AttributeName); ok {
			names = append(names, string(name))
		}
	}
	return strings.Join(names, ".")
}

// GetProviderSchema remembers the schemas, which tell what the values are.
func (s *server) GetProviderSchema(ctx context.Context, r *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	response, err := s.next.GetProviderSchema(s.context(ctx), r)
	if err == nil {
		s.mutex.Lock()
		s.provider, s.resources = response.Provider, response.ResourceSchemas
		s.dataSources, s.ephemerals = response.DataSourceSchemas, response.EphemeralResourceSchemas
		s.mutex.Unlock()
		for prefix, kinds := range map[string][]map[string]*tfprotov6.Schema{"": {response.ResourceSchemas, response.DataSourceSchemas}, ephemeralPrefix: {response.EphemeralResourceSchemas}} {
			for _, schemas := range kinds {
				for name, schema := range schemas {
					s.watch.learn(prefix+name, schema.Block.Attributes)
				}
			}
		}
	}
	return response, err
}

// learn remembers which attributes are sensitive.
func (w *Watch) learn(of string, attributes []*tfprotov6.SchemaAttribute) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	var learn func(string, []*tfprotov6.SchemaAttribute, bool)
	learn = func(of string, attributes []*tfprotov6.SchemaAttribute, sensitive bool) {
		for _, attribute := range attributes {
			name, isSensitive := of+"."+attribute.Name, sensitive || attribute.Sensitive
			if !isSensitive {
				w.public[name] = true
			}
			if attribute.NestedType != nil {
				learn(name, attribute.NestedType.Attributes, isSensitive)
			}
		}
	}
	learn(of, attributes, false)
}

// ConfigureProvider makes the sensitive arguments of the provider block known as secrets.
func (s *server) ConfigureProvider(ctx context.Context, r *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.mutex.Lock()
	provider := s.provider
	s.mutex.Unlock()
	if provider != nil && r.Config != nil {
		for _, attribute := range provider.Block.Attributes {
			if !attribute.Sensitive {
				continue
			}
			for name, text := range attributesOf("provider", provider.ValueType())(r.Config.MsgPack) {
				if name == "provider."+attribute.Name {
					s.watch.Add("the provider's "+attribute.Name, text)
				}
			}
		}
	}
	return call(ctx, s, seen{rpc: "ConfigureProvider"}, r, s.next.ConfigureProvider)
}

// ListResource watches the results as they come.
func (s *server) ListResource(ctx context.Context, r *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	what := seen{"ListResource", r.TypeName, resources}
	stream, err := call(ctx, s, what, r, s.next.ListResource)
	if err == nil && stream != nil {
		stream.Results = watched(s, what, stream.Results)
	}
	return stream, err
}

// InvokeAction watches the events as they come.
func (s *server) InvokeAction(ctx context.Context, r *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	what := seen{rpc: "InvokeAction", of: r.ActionType}
	stream, err := call(ctx, s, what, r, s.next.InvokeAction)
	if err == nil && stream != nil {
		stream.Events = watched(s, what, stream.Events)
	}
	return stream, err
}

func watched[T any](s *server, what seen, values iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for value := range values {
			s.look(what, reflect.ValueOf(value), "")
			if !yield(value) {
				return
			}
		}
	}
}
