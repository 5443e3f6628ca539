package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"

	"github.com/google/uuid"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoft/kiota-abstractions-go/store"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	textserialization "github.com/microsoft/kiota-serialization-text-go"
)

// adapter carries the requests of msgraph-sdk-go's builders over our own chain of RoundTrippers. kiota-http-go's adapter
// is not used because it replays 401 answers itself, and panics on error answers that carry no message; here every
// failure is an [Error] and the builders' error mappings are not needed.
type adapter struct {
	transport http.RoundTripper
	baseURL   string
}

var _ abstractions.RequestAdapter = (*adapter)(nil)

// The writers know the backing store: a property that was set to nil is written as null, one that was never set is left
// out. The readers deliberately do not: objects read from Graph keep all their properties when they are sent back as
// part of a collection (an appRole to be disabled, say), where the backing store would send only what was changed.
var (
	writers = newWriters()
	readers = newReaders()
)

func newWriters() *serialization.SerializationWriterFactoryRegistry {
	registry := serialization.NewSerializationWriterFactoryRegistry()
	registry.ContentTypeAssociatedFactories["application/json"] = store.NewBackingStoreSerializationWriterProxyFactory(jsonserialization.NewJsonSerializationWriterFactory())
	return registry
}

func newReaders() *serialization.ParseNodeFactoryRegistry {
	registry := serialization.NewParseNodeFactoryRegistry()
	registry.ContentTypeAssociatedFactories["application/json"] = jsonserialization.NewJsonParseNodeFactory()
	registry.ContentTypeAssociatedFactories["text/plain"] = textserialization.NewTextParseNodeFactory()
	return registry
}

func (a *adapter) Send(ctx context.Context, info *abstractions.RequestInformation, constructor serialization.ParsableFactory, _ abstractions.ErrorMappings) (serialization.Parsable, error) {
	answer, err := a.do(ctx, info)
	if err != nil {
		return nil, err
	}
	if answer.status == http.StatusNoContent {
		if info.Method == abstractions.GET || info.Method == abstractions.POST {
			return nil, fmt.Errorf("reading the answer of Microsoft Graph to %s: it has no content, where an object is wanted", info.Method.String())
		}
		return nil, nil
	}
	if !bytes.HasPrefix(bytes.TrimLeft(answer.body, " \t\r\n"), []byte("{")) {
		// The reader would make an empty object of it.
		return nil, fmt.Errorf("reading the answer of Microsoft Graph: %d bytes of %q are no object", len(answer.body), answer.header.Get("Content-Type"))
	}
	return parse(answer.header, answer.body, func(node serialization.ParseNode) (serialization.Parsable, error) {
		return node.GetObjectValue(constructor)
	})
}

func (a *adapter) SendEnum(ctx context.Context, info *abstractions.RequestInformation, parser serialization.EnumFactory, _ abstractions.ErrorMappings) (any, error) {
	return receive(ctx, a, info, func(node serialization.ParseNode) (any, error) { return node.GetEnumValue(parser) })
}

func (a *adapter) SendCollection(ctx context.Context, info *abstractions.RequestInformation, constructor serialization.ParsableFactory, _ abstractions.ErrorMappings) ([]serialization.Parsable, error) {
	return receive(ctx, a, info, func(node serialization.ParseNode) ([]serialization.Parsable, error) {
		return node.GetCollectionOfObjectValues(constructor)
	})
}

func (a *adapter) SendEnumCollection(ctx context.Context, info *abstractions.RequestInformation, parser serialization.EnumFactory, _ abstractions.ErrorMappings) ([]any, error) {
	return receive(ctx, a, info, func(node serialization.ParseNode) ([]any, error) { return node.GetCollectionOfEnumValues(parser) })
}

func (a *adapter) SendPrimitive(ctx context.Context, info *abstractions.RequestInformation, typeName string, _ abstractions.ErrorMappings) (any, error) {
	if typeName == "[]byte" {
		answer, err := a.do(ctx, info)
		if err != nil || len(answer.body) == 0 {
			return nil, err
		}
		return answer.body, nil
	}
	return receive(ctx, a, info, func(node serialization.ParseNode) (any, error) {
		switch typeName {
		case "string":
			return node.GetStringValue()
		case "bool":
			return node.GetBoolValue()
		case "int32":
			return node.GetInt32Value()
		case "int64":
			return node.GetInt64Value()
		case "float32":
			return node.GetFloat32Value()
		case "float64":
			return node.GetFloat64Value()
		case "Time":
			return node.GetTimeValue()
		case "UUID":
			return node.GetUUIDValue()
		default:
			return nil, fmt.Errorf("cannot read a value of type %s", typeName)
		}
	})
}

func (a *adapter) SendPrimitiveCollection(ctx context.Context, info *abstractions.RequestInformation, typeName string, _ abstractions.ErrorMappings) ([]any, error) {
	return receive(ctx, a, info, func(node serialization.ParseNode) ([]any, error) {
		return node.GetCollectionOfPrimitiveValues(typeName)
	})
}

func (a *adapter) SendNoContent(ctx context.Context, info *abstractions.RequestInformation, _ abstractions.ErrorMappings) error {
	_, err := a.do(ctx, info)
	return err
}

func (a *adapter) GetSerializationWriterFactory() serialization.SerializationWriterFactory {
	return writers
}

// EnableBackingStore does nothing: the writers always know the backing store.
func (a *adapter) EnableBackingStore(store.BackingStoreFactory) {}

// SetBaseUrl does nothing: the builders of a generated root client call it, and the base URL is the client's to choose.
//
//nolint:revive // the interface spells it so
func (a *adapter) SetBaseUrl(string) {}

// GetBaseUrl is the versioned root of the API, such as https://graph.microsoft.com/v1.0.
//
//nolint:revive // the interface spells it so
func (a *adapter) GetBaseUrl() string { return a.baseURL }

func (a *adapter) ConvertToNativeRequest(ctx context.Context, info *abstractions.RequestInformation) (any, error) {
	return a.request(ctx, info)
}

// receive sends and parses. An answer without content gives the zero value and no error.
func receive[T any](ctx context.Context, a *adapter, info *abstractions.RequestInformation, read func(serialization.ParseNode) (T, error)) (T, error) {
	answer, err := a.do(ctx, info)
	if err != nil || len(answer.body) == 0 {
		var none T
		return none, err
	}
	return parse(answer.header, answer.body, read)
}

func parse[T any](header http.Header, body []byte, read func(serialization.ParseNode) (T, error)) (T, error) {
	var none T
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return none, fmt.Errorf("reading the answer of Microsoft Graph: its Content-Type is %q", header.Get("Content-Type"))
	}
	node, err := readers.GetRootParseNode(mediaType, body)
	if err != nil {
		return none, fmt.Errorf("reading the answer of Microsoft Graph (%s, %d bytes): %w", mediaType, len(body), err)
	}
	value, err := read(node)
	if err != nil {
		return none, fmt.Errorf("reading the answer of Microsoft Graph: %w", err)
	}
	return value, nil
}

// received is what is left of a response once its body has been read.
type received struct {
	status int
	header http.Header
	body   []byte
}

// do sends one request and reads the whole answer. Any answer but 2xx is an [Error].
func (a *adapter) do(ctx context.Context, info *abstractions.RequestInformation) (*received, error) {
	request, err := a.request(ctx, info)
	if err != nil {
		return nil, err
	}
	// The chain is called without an http.Client, which would follow redirects with our token.
	response, err := a.transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, &NetworkError{Operation: request.Method + " " + request.URL.Path, Host: request.URL.Host, Err: err}
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, NewError(request, response, body)
	}
	return &received{response.StatusCode, response.Header, body}, nil
}

func (a *adapter) request(ctx context.Context, info *abstractions.RequestInformation) (*http.Request, error) {
	if info == nil {
		return nil, errors.New("no request to send")
	}
	// The map is the builder's own, and builders may be shared.
	info.PathParameters = maps.Clone(info.PathParameters)
	if info.PathParameters == nil {
		info.PathParameters = map[string]string{}
	}
	info.PathParameters["baseurl"] = a.baseURL
	if address, ok := ctx.Value(pageKey{}).(string); ok {
		info.PathParameters["request-raw-url"] = address // what WithUrl of a builder does
	}
	uri, err := info.GetUri()
	if err != nil {
		return nil, fmt.Errorf("building the request's address: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, info.Method.String(), uri.String(), bytes.NewReader(info.Content))
	if err != nil {
		return nil, fmt.Errorf("building the request: %w", err)
	}
	for _, key := range info.Headers.ListKeys() {
		for _, value := range info.Headers.Get(key) {
			request.Header.Add(key, value)
		}
	}
	request.Header.Set(clientRequestID, uuid.NewString())
	return request, nil
}
