package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
)

const (
	fetchTimeout = 10 * time.Second // for an issuer's two documents together
	maxDocument  = 1 << 20          // bytes of either
	keysFresh    = time.Hour        // how long an issuer's keys are used without a look at the issuer
	keysRetry    = 10 * time.Second // how soon an unknown key makes us look again
)

// trust finds the keys of issuers: its own and those of the test issuers directly, those of others by OpenID Connect
// discovery.
type trust struct {
	login   *Login
	tests   *issuer.Issuer
	client  *http.Client
	offline bool

	mutex sync.Mutex
	cache map[string]fetchedKeys // by issuer
}

type fetchedKeys struct {
	set jose.JSONWebKeySet
	at  time.Time
}

func newTrust(login *Login, options Options) *trust {
	client := options.HTTPClient
	if client == nil {
		client = &http.Client{}
	}
	return &trust{login: login, tests: options.Issuer, client: client, offline: !options.Online, cache: map[string]fetchedKeys{}}
}

// check verifies the signature of an assertion with the keys of its issuer.
func (t *trust) check(ctx context.Context, a *assertion) *failure {
	set, err := t.keys(ctx, a.issuer, a.header.KeyID)
	if err != nil {
		return invalidRequest(50166, "Request to External OIDC endpoint failed. (%s)", err)
	}
	candidates := set.Keys
	if a.header.KeyID != "" {
		candidates = set.Key(a.header.KeyID)
	}
	if len(candidates) == 0 {
		return invalidClient(7000272, "The certificate with identifier %s used to sign the federated credential could not be found in the metadata of identity provider %s. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.", a.header.KeyID, a.issuer)
	}
	for _, key := range candidates {
		if a.verify(key.Key, jose.RS256) {
			return nil
		}
	}
	return invalidClient(700027, "Client assertion failed signature validation.")
}

// keys returns the keys of an issuer. A test issuer may stand in for any other: the real one, such as GitHub's, makes no
// tokens for tests and cannot be reached offline. Its own key identifier tells whose token it is.
func (t *trust) keys(ctx context.Context, issuerURL, keyID string) (jose.JSONWebKeySet, error) {
	if issuerURL == t.login.issuerV2() {
		return t.login.ownKeys(), nil
	}
	if t.tests != nil {
		if set, ok, err := t.tests.Keys(issuerURL); ok {
			return set, err
		}
		if t.offline && keyID != "" {
			if set, ok := t.tests.KeyByID(keyID); ok {
				return set, nil
			}
		}
	}
	t.mutex.Lock()
	cached, ok := t.cache[issuerURL]
	t.mutex.Unlock()
	age := t.login.now().Sub(cached.at)
	if ok && age < keysFresh && (keyID == "" || len(cached.set.Key(keyID)) > 0 || age < keysRetry) {
		return cached.set, nil
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	set, err := t.fetch(ctx, issuerURL)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	t.mutex.Lock()
	t.cache[issuerURL] = fetchedKeys{set: set, at: t.login.now()}
	t.mutex.Unlock()
	return set, nil
}

// fetch reads an issuer's keys by OpenID Connect Discovery 1.0.
func (t *trust) fetch(ctx context.Context, issuerURL string) (jose.JSONWebKeySet, error) {
	var configuration struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := t.get(ctx, strings.TrimSuffix(issuerURL, "/")+"/.well-known/openid-configuration", &configuration); err != nil {
		return jose.JSONWebKeySet{}, err
	}
	if configuration.Issuer != issuerURL {
		return jose.JSONWebKeySet{}, fmt.Errorf("the discovery document is of issuer %q", configuration.Issuer)
	}
	var set jose.JSONWebKeySet
	if err := t.get(ctx, configuration.JWKSURI, &set); err != nil {
		return jose.JSONWebKeySet{}, err
	}
	return set, nil
}

// onThisMachine reports whether a host is this machine by its name or address, without asking anybody.
func onThisMachine(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func (t *trust) get(ctx context.Context, address string, into any) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.User != nil || (parsed.Scheme != "https" && parsed.Scheme != "http") {
		return fmt.Errorf("%q is not an http or https URL", address)
	}
	if t.offline && !onThisMachine(parsed.Hostname()) {
		return fmt.Errorf("%s is not on this machine: the local tenant fetches keys from elsewhere only with --online", parsed.Host)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	response, err := t.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", address, response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	if err != nil {
		return err
	}
	if len(content) > maxDocument {
		return errors.New(address + " answered with too much")
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s did not answer with the JSON expected: %w", address, err)
	}
	return nil
}
