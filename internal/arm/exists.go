package arm

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Check reads nothing of a resource but that it is there.
func (c *Client) Check(ctx context.Context, id, version string) error {
	client, err := arm.NewClient("workloadid/arm", "v1.0.0", c.Credential(), c.options)
	if err != nil {
		return err
	}
	request, err := runtime.NewRequest(ctx, http.MethodGet, runtime.JoinPaths(client.Endpoint(), id))
	if err != nil {
		return err
	}
	query := request.Raw().URL.Query()
	query.Set("api-version", version)
	request.Raw().URL.RawQuery = query.Encode()
	response, err := client.Pipeline().Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// VersionOfGroups is the version of the API that has subscriptions and resource groups.
const VersionOfGroups = "2022-09-01"
