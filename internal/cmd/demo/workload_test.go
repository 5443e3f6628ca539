package main

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

func TestClaims_readsThePayload(t *testing.T) {
	t.Parallel()
	payload := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"https://issuer.example","sub":"me"}`))
	var got presented
	if err := claims("e30."+payload+".c2ln", &got); err != nil || got.Issuer != "https://issuer.example" || got.Subject != "me" {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, token := range []string{"", "opaque", "a.b", "e30.!.c2ln", "e30.e30.c2ln.x"} {
		if err := claims(token, &got); err == nil {
			t.Errorf("%q was read as a JWT", token)
		}
	}
}

func TestRefusal_isTheServicesFirstSentence(t *testing.T) {
	t.Parallel()
	answered := func(body string) error {
		return &azidentity.AuthenticationFailedError{RawResponse: &http.Response{Body: io.NopCloser(strings.NewReader(body))}}
	}
	if got := refusal(answered(`{"error_description":"AADSTS700213: No match. Trace ID: 1 Correlation ID: 2"}`)); got != "AADSTS700213: No match." {
		t.Errorf("got %q", got)
	}
	if got := refusal(errors.New("no network")); got != "no network" {
		t.Errorf("got %q", got)
	}
}

func TestProblemOf_isWhatTheServiceSays(t *testing.T) {
	t.Parallel()
	if got := problemOf(403, []byte(`{"error":{"code":"Authorization_RequestDenied","message":"No."}}`)).Error(); got != "403 Authorization_RequestDenied: No." {
		t.Errorf("got %q", got)
	}
	if got := problemOf(502, []byte("<html>")).Error(); got != "502 : <html>" {
		t.Errorf("got %q", got)
	}
}

func TestLines_passesWholeLinesThatMatch(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	out := (&narrator{out: &shown}).Lines(`^Plan: `)
	for _, piece := range []string{"Refreshing\n\x1b[1mPl", "an:\x1b[0m 1 to add\nmore", "\n"} {
		if _, err := out.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if want := "   \x1b[1mPlan:\x1b[0m 1 to add\n"; shown.String() != want {
		t.Errorf("shown %q, want %q", shown.String(), want)
	}
	if !strings.Contains(out.Everything(), "Refreshing") {
		t.Error("what was not shown is not remembered")
	}
}
