package functions

import (
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// NewGoogleCloudSubject is google_cloud_subject.
func NewGoogleCloudSubject() function.Function {
	return writer{
		name:    "google_cloud_subject",
		issuer:  "google_cloud",
		summary: "The subject of a Google Cloud service account.",
		details: "Google's tokens have the unique id of the service account as their subject, not its email address: `gcloud iam service-accounts describe <email> --format='value(uniqueId)'`, or `unique_id` of `google_service_account`.",
		parts: []part{
			{name: "unique_id", required: true, check: googleID, description: "the service account's unique id, a number of about 21 digits."},
		},
		write: func(w workload) (string, error) { return w["unique_id"], nil },
	}
}

func googleID(value string) error {
	if strings.Contains(value, "@") {
		return errors.New("must be the unique id, and not the email address: gcloud iam service-accounts describe <email> --format='value(uniqueId)' prints it")
	}
	return form(`[0-9]{15,25}`, "a number of about 21 digits")(value)
}

// NewAWSSubject is aws_subject.
func NewAWSSubject() function.Function {
	return writer{
		name:    "aws_subject",
		issuer:  "aws",
		summary: "The subject of an AWS IAM role or user.",
		details: "With outbound identity federation, a role's tokens have its ARN as their subject, whatever the session's name. `aws iam get-outbound-web-identity-federation-info` prints the account's issuer. " +
			"Microsoft Entra accepts the signing algorithm RS256 only.",
		parts: []part{
			{name: "principal_arn", required: true, check: principalARN, description: "ARN of the role or user, as in `arn:aws:iam::123456789012:role/shop`."},
		},
		write: func(w workload) (string, error) { return w["principal_arn"], nil },
	}
}

func principalARN(value string) error {
	if strings.Contains(value, ":assumed-role/") {
		return errors.New("must be the ARN of the role itself, and not of a session: arn:aws:iam::<account>:role/<name>")
	}
	return form(`arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:(?:role|user)/[\x21-\x7e]+`, "the ARN of a role or user, as in arn:aws:iam::123456789012:role/shop")(value)
}
