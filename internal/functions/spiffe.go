package functions

import (
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// NewSPIFFESubject is spiffe_subject.
func NewSPIFFESubject() function.Function {
	return writer{
		name:    "spiffe_subject",
		issuer:  "spiffe",
		summary: "The SPIFFE ID of a workload, which is the subject of its JWT-SVIDs.",
		details: "The issuer is what the SPIFFE server is configured with, in SPIRE `jwt_issuer`; its OIDC discovery provider must answer there. Microsoft Entra accepts the signing algorithm RS256 only, in SPIRE `jwt_key_type = \"rsa-2048\"`.",
		parts: []part{
			{name: "trust_domain", required: true, check: form(`[a-z0-9._-]{1,255}`, "a trust domain: lower case letters, digits, ., - and _, without spiffe://"), description: "the trust domain, as in `contoso.com`."},
			{name: "path", required: true, check: spiffePath, description: "the path of the workload, as in `/ns/shop/sa/api`."},
		},
		write: func(w workload) (string, error) { return "spiffe://" + w["trust_domain"] + w["path"], nil },
	}
}

// spiffePath has the segments of section 2.2 of the SPIFFE ID specification.
func spiffePath(value string) error {
	check := form(`(?:/[A-Za-z0-9._-]+)+`, "segments of letters, digits, ., - and _ that each begin with a slash, as in /ns/shop/sa/api")
	if err := check(value); err != nil {
		return err
	}
	for segment := range strings.SplitSeq(value, "/") {
		if segment == "." || segment == ".." {
			return errors.New("must have no segments that are . or .. alone")
		}
	}
	return nil
}
