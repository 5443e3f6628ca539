package certificate

import (
	"context"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// validateConfiguration refuses what is no certificate, above all a private key.
func validateConfiguration(config mapping.Value) (diagnostics diag.Diagnostics) {
	var certificate *x509.Certificate
	if config.Has("certificate") {
		var wrong *unusable
		if certificate, wrong = parse(config.String("certificate")); wrong != nil {
			diagnostics.Append(refused(wrong))
		}
	}
	if config.Has("end") && certificate != nil {
		if err := checkEnd(config.String("end"), certificate); err != nil {
			diagnostics.AddAttributeError(path.Root("end"), "Invalid end", err.Error())
		}
	}
	return diagnostics
}

// refused is the diagnostic of what parse refuses.
func refused(wrong *unusable) diag.Diagnostic {
	summary := strings.ToUpper(wrong.summary[:1]) + wrong.summary[1:]
	if wrong.secret {
		return diag.NewErrorDiagnostic(summary, wrong.detail)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("certificate"), summary, wrong.detail)
}

// checkEnd wants an end within the time for which the certificate is valid.
func checkEnd(text string, certificate *x509.Certificate) error {
	end, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil: // the validator says so
		return nil
	case end.After(certificate.NotAfter):
		return fmt.Errorf("end must not be after the certificate's own end, %s", formatTime(certificate.NotAfter))
	case !end.After(certificate.NotBefore):
		return fmt.Errorf("end must be after the certificate's start, %s", formatTime(certificate.NotBefore))
	}
	return nil
}

// plan works out what follows from the certificate, so that it is in the plan.
func (k *kind) plan(_ context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	same := func(name string) bool {
		return !change.State.IsNull() && change.Planned.Get(name).Equal(change.State.Get(name))
	}
	if change.Planned.Unknown("certificate") {
		k.set(change, "display_name", "", !change.Config.Get("display_name").IsNull())
		k.set(change, "end", "", !change.Config.Get("end").IsNull())
		for _, name := range []string{"start", "thumbprint", "thumbprint_sha256", "key_id"} {
			k.set(change, name, "", false)
		}
		return nil
	}
	certificate, wrong := parse(change.Planned.String("certificate"))
	if wrong != nil {
		return diag.Diagnostics{refused(wrong)}
	}
	if !same("certificate") {
		k.set(change, "display_name", nameOf(certificate), !change.Config.Get("display_name").IsNull())
		k.set(change, "end", formatTime(certificate.NotAfter), !change.Config.Get("end").IsNull())
		k.set(change, "start", formatTime(certificate.NotBefore), false)
		k.set(change, "thumbprint", thumbprint(certificate), false)
		k.set(change, "thumbprint_sha256", thumbprintSHA256(certificate), false)
	}
	made := !same(k.parent) || !same("certificate") || !same("display_name") || !same("end")
	if made {
		k.set(change, "key_id", "", false)
	}
	if change.Planned.Has("end") {
		end := change.Planned.String("end")
		if err := checkEnd(end, certificate); made && err != nil {
			return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("end"), "Invalid end", err.Error())}
		}
		switch expired := expired(api, end); {
		case expired && made:
			return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(expiredAttribute(change.Config), "The certificate has expired", expiredDetail(end))}
		case expired:
			return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("certificate"), "The certificate has expired",
				fmt.Sprintf("It ended on %s, and nothing signs in with it any more. Replace it by a new one, or remove it.", end))}
		}
	}
	return nil
}

// set plans a computed value, unknown where it is empty, unless the configuration has one.
func (k *kind) set(change *entity.Change, name, value string, configured bool) {
	switch {
	case configured:
	case value == "":
		change.Planned = change.Planned.With(name, types.StringUnknown())
	default:
		change.Planned = change.Planned.With(name, types.StringValue(value))
	}
}

func expired(api *entity.Services, end string) bool {
	at, err := time.Parse(time.RFC3339, end)
	return err == nil && !at.After(api.Now())
}

func expiredAttribute(config mapping.Value) path.Path {
	if config.Has("end") {
		return path.Root("end")
	}
	return path.Root("certificate")
}

func expiredDetail(end string) string {
	return fmt.Sprintf("It ended on %s. Nothing could sign in with it: make a new one.", end)
}
