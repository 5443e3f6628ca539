package graph

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

const (
	// proofAudience is the audience of a proof of possession: Azure AD Graph.
	proofAudience = "00000002-0000-0000-c000-000000000000"
	// proofLifetime is how long a proof may be valid.
	proofLifetime = 10 * time.Minute
)

var addKeyBody = &entitytype.Type{Name: "addKeyRequestBody", Resource: "addKey", Properties: []entitytype.Property{
	{Name: "keyCredential", Kind: entitytype.KindComplex, Complex: entitytype.KeyCredential, Required: true, NotNull: true},
	{Name: "passwordCredential", Kind: entitytype.KindComplex, Complex: keyPassword},
	{Name: "proof", Kind: entitytype.KindString, Required: true, NotNull: true},
}}

// keyPassword is the password of a key that signs, the one place where a client gives a secretText.
var keyPassword = &entitytype.Type{Name: "passwordCredential", Resource: "PasswordCredential", Properties: []entitytype.Property{
	{Name: "secretText", Kind: entitytype.KindString, Required: true, NotNull: true},
}}

// addKey answers POST …/addKey; see learn.microsoft.com/graph/api/application-addkey.
func addKey(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		body, err := r.decode(addKeyBody, true)
		if err != nil {
			return err
		}
		var added map[string]any
		err = r.change(func(txn *directory.Txn) error {
			object, err := r.writable(t)
			if err != nil {
				return err
			}
			if err := r.checkProof(object, body.Properties["proof"].(string)); err != nil {
				return err
			}
			given := entitytype.KeyCredential.New(body.Properties["keyCredential"].(map[string]any))
			if (given["type"] == "X509CertAndPassword") != (body.Properties["passwordCredential"] != nil) {
				return badRequest("Invalid value specified for property 'passwordCredential' of resource '%s'.", t.Resource)
			}
			changed := object.Clone()
			existing, _ := object.Properties["keyCredentials"].([]any)
			changed.Properties["keyCredentials"] = append(slices.Clone(existing), given)
			if err := r.completeKeys(object, changed); err != nil {
				return err
			}
			if err := checkSize(changed); err != nil {
				return err
			}
			keys := changed.Items("keyCredentials")
			added = maps.Clone(keys[len(keys)-1])
			txn.Put(changed)
			return nil
		})
		if err != nil {
			return err
		}
		return r.answerWithContext(http.StatusOK, "microsoft.graph.keyCredential", added)
	}
}

var removeKeyBody = &entitytype.Type{Name: "removeKeyRequestBody", Resource: "removeKey", Properties: []entitytype.Property{
	{Name: "keyId", Kind: entitytype.KindGUID, Required: true, NotNull: true},
	{Name: "proof", Kind: entitytype.KindString, Required: true, NotNull: true},
}}

// removeKey answers POST …/removeKey; see learn.microsoft.com/graph/api/application-removekey.
func removeKey(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		body, err := r.decode(removeKeyBody, true)
		if err != nil {
			return err
		}
		return r.apply(func(txn *directory.Txn) error {
			object, err := r.writable(t)
			if err != nil {
				return err
			}
			if err := r.checkProof(object, body.Properties["proof"].(string)); err != nil {
				return err
			}
			id := body.Properties["keyId"].(string)
			remaining, removed := without(object, "keyCredentials", id)
			if _, known := without(r.seen(object), "keyCredentials", id); !removed || !known {
				return badRequest("No credentials found to be removed.")
			}
			changed := object.Clone()
			changed.Properties["keyCredentials"] = remaining
			txn.Put(changed)
			return nil
		})
	}
}

// checkProof wants a token that says it is from the object, signed with the key of a certificate that the object has and
// that is valid now; see learn.microsoft.com/graph/application-rollkey-prooftoken.
func (r *request) checkProof(object *directory.Object, proof string) error {
	refused := failure(http.StatusUnauthorized, "Authentication_MissingOrMalformed", "Access Token missing or malformed.")
	signed, err := jwt.ParseSigned(proof, []jose.SignatureAlgorithm{jose.RS256, jose.PS256})
	if err != nil {
		return refused
	}
	now := r.service.Now()
	for _, key := range object.Items("keyCredentials") {
		text, _ := key["key"].(string)
		content, err := base64.StdEncoding.DecodeString(text)
		if err != nil || key["usage"] != "Verify" || now.Before(moment(key["startDateTime"])) || now.After(moment(key["endDateTime"])) {
			continue
		}
		certificate, err := parseCertificate(content)
		if err != nil {
			continue
		}
		var claims jwt.Claims
		if signed.Claims(certificate.PublicKey, &claims) != nil {
			continue
		}
		expected := jwt.Expected{Issuer: claims.Issuer, AnyAudience: jwt.Audience{proofAudience, "https://graph.windows.net"}, Time: now}
		if claims.Validate(expected) != nil || !strings.EqualFold(claims.Issuer, object.ID) ||
			claims.Expiry == nil || claims.NotBefore == nil || claims.Expiry.Time().Sub(claims.NotBefore.Time()) > proofLifetime {
			return refused
		}
		return nil
	}
	return refused
}
