package validate

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

func length(value string) int { return utf8.RuneCountInString(value) }

func lengthBetween(value string, least, most int) error {
	if n := length(value); n < least || n > most {
		return fmt.Errorf("must have %d to %d characters, and has %d", least, most, n)
	}
	return nil
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// UUID is for ids: eight, four, four, four and twelve hexadecimal digits.
func UUID() validator.String {
	return rule{description: "must be a UUID", check: CheckUUID}
}

// CheckUUID is the rule of UUID.
func CheckUUID(value string) error {
	if !uuidForm.MatchString(value) {
		return errors.New("must be a UUID, as in 00000003-0000-0000-c000-000000000000")
	}
	return nil
}

// Email is for addresses that Microsoft Entra sends notifications to.
func Email() validator.String {
	return rule{description: "must be an email address", check: CheckEmail}
}

// CheckEmail is the rule of Email: an address alone, without a name.
func CheckEmail(value string) error {
	if address, err := mail.ParseAddress(value); err != nil || address.Address != value {
		return errors.New("must be an email address, as in team@contoso.com")
	}
	return nil
}

// ClaimValue is for the value of an app role or a permission scope, which appears
// in tokens as a claim. See https://learn.microsoft.com/graph/api/resources/approle
// and https://learn.microsoft.com/graph/api/resources/permissionscope.
func ClaimValue() validator.String {
	return rule{
		description: "must have 1 to 120 characters out of " + claimValueCharacters + ", digits and letters without accents, and not start with a period",
		check:       CheckClaimValue,
	}
}

const claimValueCharacters = "! # $ % & ' ( ) * + , - . / : ; < = > ? @ [ ] ^ _ ` { | } ~"

// CheckClaimValue is the rule of ClaimValue.
func CheckClaimValue(value string) error {
	if err := lengthBetween(value, 1, 120); err != nil {
		return err
	}
	if value[0] == '.' {
		return errors.New("must not start with a period")
	}
	for _, r := range value {
		digitOrLetter := '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		if !digitOrLetter && (r == ' ' || !strings.ContainsRune(claimValueCharacters, r)) {
			return fmt.Errorf("must not contain %q: allowed are digits, letters without accents, and %s", r, claimValueCharacters)
		}
	}
	return nil
}

// Tag is for a tag of an application or a service principal. See
// https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation.
func Tag() validator.String {
	return rule{description: "must have 1 to 256 characters and no white space", check: CheckTag}
}

// CheckTag is the rule of Tag.
func CheckTag(value string) error {
	if err := lengthBetween(value, 1, 256); err != nil {
		return err
	}
	if strings.ContainsFunc(value, unicode.IsSpace) {
		return errors.New("must not contain white space")
	}
	return nil
}

// LogoBase64 is for a logo: a PNG, JPEG or GIF image in base64, as filebase64()
// returns it. See https://learn.microsoft.com/graph/api/resources/application.
func LogoBase64() validator.String {
	return rule{description: "must be a PNG, JPEG or GIF image in base64", check: CheckLogoBase64}
}

// CheckLogoBase64 is the rule of LogoBase64.
func CheckLogoBase64(value string) error {
	image, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return fmt.Errorf("must be an image in base64, as filebase64() returns it (%w)", err)
	}
	switch found := http.DetectContentType(image); found {
	case "image/png", "image/jpeg", "image/gif":
		return nil
	default:
		return fmt.Errorf("must be a PNG, JPEG or GIF image, and looks like %s", found)
	}
}
