package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// metadataAnswer is what is needed of the answer of /metadata/endpoints, which Azure Stack Hub, Azure's clouds and
// private clouds serve (https://learn.microsoft.com/azure-stack/user/azure-stack-rest-api-use).
type metadataAnswer struct {
	Name            string `json:"name"`
	ResourceManager string `json:"resourceManager"`
	Graph           string `json:"microsoftGraphResourceId"`
	Authentication  struct {
		LoginEndpoint string `json:"loginEndpoint"`
	} `json:"authentication"`
}

// DiscoverCloud asks a metadata host (host name, with port if need be, or an origin) which services its cloud has.
func DiscoverCloud(ctx context.Context, transport http.RoundTripper, host string) (Cloud, error) {
	origin := strings.TrimRight(host, "/")
	if !strings.Contains(origin, "://") {
		origin = "https://" + origin
	}
	address := origin + "/metadata/endpoints?api-version=2022-09-01"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Cloud{}, fmt.Errorf("%q is not a host name: %w", host, err)
	}
	request.Header.Set("Accept", "application/json")
	response, err := NewRetry(NewLogging(transport, "metadata", nil)).RoundTrip(request)
	if err != nil {
		return Cloud{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return Cloud{}, err
	}
	if response.StatusCode != http.StatusOK {
		return Cloud{}, fmt.Errorf("%s answered %s%s", address, response.Status, asksToWait(response.StatusCode, response.Header))
	}
	var answer metadataAnswer
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &answer); err != nil {
		return Cloud{}, fmt.Errorf("%s answered something that is not cloud metadata: %w", address, err)
	}
	cloud := Cloud{Graph: strings.TrimRight(answer.Graph, "/"), ResourceManager: strings.TrimRight(answer.ResourceManager, "/")}
	for name, value := range map[string]string{
		"microsoftGraphResourceId": answer.Graph, "resourceManager": answer.ResourceManager, "authentication.loginEndpoint": answer.Authentication.LoginEndpoint,
	} {
		u, err := url.Parse(value)
		if err != nil || u.Scheme == "" || u.Host == "" {
			return Cloud{}, fmt.Errorf("%s does not say where the cloud's services are: %s is %q", address, name, value)
		}
		if !IsSafe(u) {
			return Cloud{}, fmt.Errorf("%s says that %s is %q: secrets and tokens are sent over https alone", address, name, value)
		}
	}
	return cloud.WithAuthority(answer.Authentication.LoginEndpoint), nil
}
