package arm

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Object gets what is at a path, for types of which there is nothing to do but to read a few properties: no module of the SDK is
// needed for that.
func (c *Client) Object(ctx context.Context, path, version string) (graph.Object, error) {
	var found graph.Object
	client, address, err := c.address(path, version)
	if err != nil {
		return nil, err
	}
	return found, get(ctx, client, address, &found)
}

// Objects are those of a collection.
func (c *Client) Objects(ctx context.Context, path, version string) iter.Seq2[graph.Object, error] {
	return func(yield func(graph.Object, error) bool) {
		client, next, err := c.address(path, version)
		seen := graph.Seen{}
		for err == nil && next != "" {
			var page struct {
				Value []graph.Object `json:"value"`
				Next  string         `json:"nextLink"`
			}
			if err = get(ctx, client, next, &page); err != nil {
				break
			}
			for _, object := range page.Value {
				if !yield(object, nil) {
					return
				}
			}
			if next = page.Next; next != "" {
				err = seen.Add(next)
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func (c *Client) address(path, version string) (*arm.Client, string, error) {
	client, err := arm.NewClient("workloadid", "v1.0.0", c.Credential(), c.Options())
	if err != nil {
		return nil, "", err
	}
	return client, runtime.JoinPaths(client.Endpoint(), path) + "?" + url.Values{"api-version": {version}}.Encode(), nil
}

func get(ctx context.Context, client *arm.Client, address string, into any) error {
	request, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return err
	}
	request.Raw().Header.Set("Accept", "application/json")
	response, err := client.Pipeline().Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	return runtime.UnmarshalAsJSON(response, into)
}
