package provider

import (
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// instanceMetadataHost is where a virtual machine finds its managed identity
// (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token).
const instanceMetadataHost = "169.254.169.254"

// managedIdentity signs in as client_id, or as the machine's system-assigned identity.
func managedIdentity(in signIn) (azcore.TokenCredential, error) {
	options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: in.options}
	id, err := in.settings.content(clientID, clientIDFile)
	if err != nil {
		return nil, err
	}
	if id != "" {
		options.ID = azidentity.ClientID(id)
	}
	if in.settings.isSet(msiEndpoint) {
		endpoint, err := url.Parse(in.settings.text(msiEndpoint))
		if err != nil {
			return nil, err
		}
		options.Transport = &http.Client{Transport: redirectMetadata{endpoint: endpoint, next: in.transport}}
	}
	return azidentity.NewManagedIdentityCredential(options)
}

// redirectMetadata sends what is meant for the instance metadata service to another address, which azidentity has no
// option for.
type redirectMetadata struct {
	endpoint *url.URL
	next     http.RoundTripper
}

func (r redirectMetadata) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host == instanceMetadataHost {
		request = request.Clone(request.Context())
		request.URL.Scheme, request.URL.Host, request.Host = r.endpoint.Scheme, r.endpoint.Host, r.endpoint.Host
		if r.endpoint.Path != "" && r.endpoint.Path != "/" {
			request.URL.Path = r.endpoint.Path
		}
	}
	return r.next.RoundTrip(request)
}
