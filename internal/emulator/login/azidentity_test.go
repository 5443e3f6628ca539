package login

import (
	"context"
	"crypto/x509"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azcloud "github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// transport sends requests to the tenant, also those for login.microsoftonline.com, where MSAL asks whether it may
// believe an authority it does not know.
type transport struct {
	tn    *tenant
	mutex sync.Mutex
	asked []string // paths, with the host where it is not the tenant's
}

func (tr *transport) Do(request *http.Request) (*http.Response, error) {
	own := strings.TrimPrefix(tr.tn.server.URL, "https://")
	path := request.URL.Path
	if request.URL.Host != own {
		path = request.URL.Host + path
		request.URL.Host = own
	}
	tr.mutex.Lock()
	tr.asked = append(tr.asked, path)
	tr.mutex.Unlock()
	return tr.tn.http.Do(request)
}

// credentials makes each of azidentity's credentials for software, as its users do.
func credentials(t *testing.T, tn *tenant, options azcore.ClientOptions, offline bool) map[string]azcore.TokenCredential {
	t.Helper()
	key, certificate := tn.certified()
	tn.trusts(FederatedCredential{Issuer: tn.issuers.URL("github"), Subject: subject})
	secret, err := azidentity.NewClientSecretCredential(tenantID, clientID, goodSecret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := azidentity.NewClientCertificateCredential(tenantID, clientID, []*x509.Certificate{certificate}, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline, SendCertificateChain: true})
	if err != nil {
		t.Fatal(err)
	}
	federated, err := azidentity.NewClientAssertionCredential(tenantID, clientID,
		func(context.Context) (string, error) { return tn.mint(nil), nil },
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]azcore.TokenCredential{"secret": secret, "certificate": signed, "assertion": federated}
}

func TestAzidentity(t *testing.T) {
	t.Parallel()
	for name, offline := range map[string]bool{"with instance discovery": false, "without": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t)
			tr := &transport{tn: tn}
			options := azcore.ClientOptions{
				Transport: tr,
				Cloud:     azcloud.Configuration{ActiveDirectoryAuthorityHost: tn.server.URL},
			}
			for kind, credential := range credentials(t, tn, options, offline) {
				token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{graphScope}, EnableCAE: true})
				if err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
				claims, err := tn.login.Verify(token.Token)
				if err != nil || claims.ClientID != clientID || len(claims.Roles) != 2 {
					t.Errorf("%s: %+v, %v", kind, claims, err)
				}
			}
			discovered := strings.Contains(strings.Join(tr.asked, " "), "login.microsoftonline.com/common/discovery/instance")
			if discovered == offline {
				t.Errorf("asked %v", tr.asked)
			}
		})
	}
}

func TestAzidentity_errors(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	options := azcore.ClientOptions{
		Transport: &transport{tn: tn},
		Cloud:     azcloud.Configuration{ActiveDirectoryAuthorityHost: tn.server.URL},
	}
	all := credentials(t, tn, options, true)
	tn.change(func(c *Client) { c.Secrets, c.FederatedCredentials, c.Keys = nil, nil, nil })
	for kind, code := range map[string]string{"secret": "AADSTS7000215", "certificate": "AADSTS700027", "assertion": "AADSTS70025"} {
		_, err := all[kind].GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{graphScope}})
		if err == nil || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v, want %s", kind, err, code)
		}
	}
}
