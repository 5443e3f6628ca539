package issuer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
)

// TokenRequest is what TokenHandler is asked for.
type TokenRequest struct {
	Issuer   string         `json:"issuer"`             // the name of the test issuer that signs
	As       string         `json:"as,omitempty"`       // the iss claim, when not the test issuer's own URL
	Subject  string         `json:"subject"`            // the sub claim
	Audience string         `json:"audience,omitempty"` // the aud claim; default DefaultAudience
	Lifetime string         `json:"lifetime,omitempty"` // a Go duration; default DefaultLifetime
	Claims   map[string]any `json:"claims,omitempty"`   // further claims, or others in place of those above
}

// TokenResponse is TokenHandler's answer. The token is in "value", as in the answer to a GitHub Actions job at
// ACTIONS_ID_TOKEN_REQUEST_URL, and in "oidcToken", as in that of Azure Pipelines' oidctoken request, so that the
// handler's URL stands in for either.
type TokenResponse struct {
	Value     string    `json:"value"`
	OIDCToken string    `json:"oidcToken"`
	Issuer    string    `json:"issuer"`
	Subject   string    `json:"subject"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// claimParameter begins the name of a query parameter that gives a further claim, as in claim.repository_id=1.
const claimParameter = "claim."

// TokenHandler mints tokens over HTTP: its request is a TokenRequest as the JSON body of a POST, or in the query of
// either a GET or a POST. Anyone who reaches it gets any token.
func (i *Issuer) TokenHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := tokenRequest(w, r)
		if err == nil {
			var response TokenResponse
			if response, err = i.respond(request); err == nil {
				w.Header().Set("Cache-Control", "no-store")
				httpjson.Write(w, http.StatusOK, response)
				return
			}
		}
		httpjson.Write(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
	})
}

func tokenRequest(w http.ResponseWriter, r *http.Request) (TokenRequest, error) {
	var request TokenRequest
	switch r.Method {
	case http.MethodGet:
	case http.MethodPost:
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&request); err != nil && !errors.Is(err, io.EOF) {
			return TokenRequest{}, fmt.Errorf("reading the request: %w", err)
		}
	default:
		return TokenRequest{}, fmt.Errorf("the method is %s, not GET or POST", r.Method)
	}
	return request.with(r.URL.Query()), nil
}

func (t TokenRequest) with(query url.Values) TokenRequest {
	for parameter, field := range map[string]*string{
		"issuer": &t.Issuer, "as": &t.As, "subject": &t.Subject, "audience": &t.Audience, "lifetime": &t.Lifetime,
	} {
		if query.Has(parameter) {
			*field = query.Get(parameter)
		}
	}
	for parameter := range query {
		if claim, ok := strings.CutPrefix(parameter, claimParameter); ok {
			if t.Claims == nil {
				t.Claims = map[string]any{}
			}
			t.Claims[claim] = query.Get(parameter)
		}
	}
	return t
}

func (i *Issuer) respond(request TokenRequest) (TokenResponse, error) {
	if request.Subject == "" && request.Claims["sub"] == nil {
		return TokenResponse{}, errors.New("the subject is missing")
	}
	lifetime := DefaultLifetime
	if request.Lifetime != "" {
		var err error
		if lifetime, err = time.ParseDuration(request.Lifetime); err != nil {
			return TokenResponse{}, fmt.Errorf("the lifetime %q is not a duration such as 10m", request.Lifetime)
		}
	}
	response := TokenResponse{Issuer: i.URL(request.Issuer), Subject: request.Subject}
	claims := map[string]any{}
	for claim, value := range map[string]string{"iss": request.As, "sub": request.Subject, "aud": request.Audience} {
		if value != "" {
			claims[claim] = value
		}
	}
	maps.Copy(claims, request.Claims)
	if as, ok := claims["iss"].(string); ok {
		response.Issuer = as
	}
	response.ExpiresAt = i.options.Now().Add(lifetime).Truncate(time.Second)
	token, err := i.Mint(request.Issuer, claims, lifetime)
	response.Value, response.OIDCToken = token, token
	return response, err
}
