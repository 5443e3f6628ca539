package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strings"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// Object is an entity as JSON has it. It is for types of which the SDK's model leads to nearly all of the SDK, such as users and
// groups: see "The size of the binary" in CONTRIBUTING.md.
type Object map[string]any

// GetId is the entity's id.
//
//nolint:revive // as the SDK's entities spell it
func (o Object) GetId() *string { return Text("id")(o) }

// Text reads a property that is a text.
func Text(property string) func(Object) *string { return value[string](property) }

// Truth reads a property that is true or false.
func Truth(property string) func(Object) *bool { return value[bool](property) }

func value[T any](property string) func(Object) *T {
	return func(o Object) *T {
		if found, ok := o[property].(T); ok {
			return &found
		}
		return nil
	}
}

// Texts reads a property that is a collection of texts; nil where there is none.
func Texts(property string) func(Object) []string {
	return func(o Object) []string {
		found, ok := o[property].([]any)
		if !ok {
			return nil
		}
		texts := []string{}
		for _, element := range found {
			if text, ok := element.(string); ok {
				texts = append(texts, text)
			}
		}
		return texts
	}
}

// Object gets one entity. The path begins with the version of the API, as in /v1.0/users/….
func (c *Client) Object(ctx context.Context, path string, query url.Values) (Object, error) {
	var found Object
	return found, c.exchange(ctx, abstractions.GET, c.address(path, query), nil, &found)
}

// Objects are those of a collection, one request a page.
func (c *Client) Objects(ctx context.Context, path string, query url.Values) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		seen := Seen{}
		for next := c.address(path, query); next != ""; {
			var page struct {
				Value []Object `json:"value"`
				Next  string   `json:"@odata.nextLink"`
			}
			if err := c.exchange(ctx, abstractions.GET, next, nil, &page); err != nil {
				yield(nil, err)
				return
			}
			for _, object := range page.Value {
				if !yield(object, nil) {
					return
				}
			}
			if next = page.Next; next != "" {
				if err := seen.Add(next); err != nil {
					yield(nil, err)
					return
				}
			}
		}
	}
}

// Refer adds the object of an address to a navigation property: the path is that of its $ref.
func (c *Client) Refer(ctx context.Context, path, object string) error {
	return c.exchange(ctx, abstractions.POST, c.address(path, nil), map[string]string{"@odata.id": object}, nil)
}

// Remove deletes what is at a path.
func (c *Client) Remove(ctx context.Context, path string) error {
	return c.exchange(ctx, abstractions.DELETE, c.address(path, nil), nil, nil)
}

// address is that of a path; a space in a query is %20, as everywhere in OData.
func (c *Client) address(path string, query url.Values) string {
	if len(query) == 0 {
		return c.endpoint + path
	}
	return c.endpoint + path + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// exchange sends one request and reads the answer, if there is any to read.
func (c *Client) exchange(ctx context.Context, method abstractions.HttpMethod, address string, body, answer any) error {
	uri, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("building the request's address: %w", err)
	}
	info := abstractions.NewRequestInformation()
	info.Method = method
	info.SetUri(*uri)
	info.Headers.Add("Accept", "application/json")
	if body != nil {
		if info.Content, err = json.Marshal(body); err != nil {
			return err
		}
		info.Headers.Add("Content-Type", "application/json")
	}
	got, err := (&adapter{transport: c.transport, baseURL: c.endpoint}).do(ctx, info)
	if err != nil || answer == nil {
		return err
	}
	if err := json.Unmarshal(got.body, answer); err != nil {
		return fmt.Errorf("reading the answer of Microsoft Graph (%d bytes of %q): %w", len(got.body), got.header.Get("Content-Type"), err)
	}
	return nil
}
