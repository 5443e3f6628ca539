package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
)

func tokenCommand() *cobra.Command {
	var (
		address  string
		request  issuer.TokenRequest
		claims   []string
		lifetime time.Duration
	)
	command := &cobra.Command{
		Use:   "token",
		Short: "Print a token of a test issuer of a running tenant",
		Long: `Print a token of a test issuer of a running tenant: what a platform such as GitHub
Actions or Kubernetes gives the software that runs there. Every name is an issuer,
with the URL https://HOST:PORT/oidc/NAME and a key of its own. With --as the token says
that it is of another issuer, and the tenant's token endpoint believes it (unless the
tenant was started with --online): so that a credential for the real GitHub can be used.

Claims that the platform adds, such as repository for a subject of GitHub, are filled in.`,
		Example: `  entra-local token --issuer shop-cluster --subject system:serviceaccount:shop:checkout
  entra-local token --issuer github --as https://token.actions.githubusercontent.com \
    --subject repo:contoso/shop:ref:refs/heads/main --claim repository_id=472919120`,
		Args: noArguments,
	}
	flags := command.Flags()
	flags.StringVar(&request.Issuer, "issuer", "", "name of the test issuer (required)")
	flags.StringVar(&request.As, "as", "", "issuer that the token says it is of (default: the test issuer's URL)")
	flags.StringVar(&request.Subject, "subject", "", "the claim sub (required)")
	flags.StringVar(&request.Audience, "audience", "", "the claim aud (default: "+issuer.DefaultAudience+")")
	flags.StringArrayVar(&claims, "claim", nil, "another claim, as NAME=VALUE (may be repeated)")
	flags.DurationVar(&lifetime, "lifetime", issuer.DefaultLifetime, "how long the token is valid")
	flags.StringVar(&address, "url", "", "the tenant's address (default: of the only one running)")
	folder := folderFlag(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		if request.Issuer == "" {
			return usage("--issuer is missing")
		}
		if request.Subject == "" {
			return usage("--subject is missing")
		}
		request.Lifetime = lifetime.String()
		request.Claims = map[string]any{}
		for _, claim := range claims {
			name, value, ok := strings.Cut(claim, "=")
			if !ok || name == "" {
				return usage("--claim is %q, not NAME=VALUE", claim)
			}
			request.Claims[name] = value
		}
		folder, err := folderOrDefault(*folder)
		if err != nil {
			return err
		}
		running, err := find(folder, address)
		if err != nil {
			return err
		}
		response, err := running.mint(command.Context(), request)
		if err != nil {
			return fmt.Errorf("asking %s for a token: %w", running.URL, err)
		}
		_, err = fmt.Fprintln(command.OutOrStdout(), response.Value)
		return err
	}
	return command
}

// mint asks the tenant for a token of a test issuer.
func (n note) mint(ctx context.Context, tokenRequest issuer.TokenRequest) (issuer.TokenResponse, error) {
	body, err := json.Marshal(tokenRequest)
	if err != nil {
		return issuer.TokenResponse{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL+"/_local/token", bytes.NewReader(body))
	if err != nil {
		return issuer.TokenResponse{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	client, err := n.client()
	if err != nil {
		return issuer.TokenResponse{}, err
	}
	defer client.CloseIdleConnections()
	answer, err := client.Do(request)
	if err != nil {
		return issuer.TokenResponse{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return issuer.TokenResponse{}, err
	}
	var response struct {
		issuer.TokenResponse
		Error string `json:"error"`
	}
	err = json.Unmarshal(content, &response)
	if answer.StatusCode != http.StatusOK {
		if response.Error == "" {
			response.Error = strings.TrimSpace(string(content))
		}
		return issuer.TokenResponse{}, fmt.Errorf("%s: %s", answer.Status, response.Error)
	}
	return response.TokenResponse, err
}

// client trusts the tenant's authority alone.
func (n note) client() (*http.Client, error) {
	content, err := os.ReadFile(n.CACertificateFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s holds no certificate", n.CACertificateFile)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}, nil
}
