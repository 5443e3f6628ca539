package functions

import (
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate/claimsexpression"
)

// expression writes conditions on claims, each one a pair of claim and value or pattern.
func expression(conditions ...[2]string) string {
	var e claimsexpression.Expression
	for _, c := range conditions {
		operator := claimsexpression.Equals
		if strings.ContainsAny(c[1], "*?") {
			operator = claimsexpression.Matches
		}
		e.Conditions = append(e.Conditions, claimsexpression.Condition{Claim: c[0], Operator: operator, Comparand: c[1]})
	}
	return e.String()
}
