// Package jsonwebtoken reads what a JSON Web Token says. Nothing is verified.
package jsonwebtoken

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// Claims are the claims of a token, or of the JSON object in its middle part. Those that are not text are JSON. Errors begin
// with "token" and do not repeat it.
func Claims(token string) (map[string]string, error) {
	payload := []byte(token)
	if !strings.HasPrefix(token, "{") {
		parts := strings.Split(strings.TrimPrefix(token, "Bearer "), ".")
		if len(parts) != 3 {
			return nil, errors.New("token must be a JSON Web Token, which has three parts with dots between them, or the JSON object of its claims")
		}
		var err error
		if payload, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "=")); err != nil {
			return nil, errors.New("token must be a JSON Web Token: its second part is not base64url; perhaps a piece of it is missing")
		}
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(payload, &values); err != nil || values == nil {
		return nil, errors.New("token must have claims: what should be the JSON object of them is none")
	}
	claims := map[string]string{}
	for name, value := range values {
		var text string
		switch {
		case bytes.Equal(value, []byte("null")):
			continue
		case json.Unmarshal(value, &text) == nil:
			claims[name] = text
		default:
			var compact bytes.Buffer
			if err := json.Compact(&compact, value); err != nil {
				return nil, errors.New("token has a claim that is not JSON")
			}
			claims[name] = compact.String()
		}
	}
	return claims, nil
}
