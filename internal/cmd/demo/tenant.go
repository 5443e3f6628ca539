package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// tenant is a running entra-local, in a process of its own.
type tenant struct {
	// What `entra-local serve --ready-file` writes.
	URL               string `json:"url"`
	ID                string `json:"tenantId"`
	ClientID          string `json:"clientId"`
	ClientSecret      string `json:"clientSecret"`
	CACertificateFile string `json:"caCertificateFile"`
	ProcessID         int    `json:"processId"`

	binary  string
	folder  string // its authority and its notes
	process *exec.Cmd
	ended   chan struct{} // closed when the process has ended
	http    *http.Client
	admin   azcore.TokenCredential // the seeded caller
}

// startTenant starts entra-local on a free port of the loopback interface and waits until it answers. Everything it
// writes goes into the folder.
func startTenant(ctx context.Context, binary, folder string) (*tenant, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	ready := filepath.Join(folder, "ready.json")
	logFile, err := os.Create(filepath.Join(folder, "entra-local.log"))
	if err != nil {
		return nil, err
	}
	defer logFile.Close() // the process has its own
	t := &tenant{binary: binary, folder: folder, ended: make(chan struct{})}
	// Not bound to the context: what happens to the tenant is decided by Stop.
	t.process = exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--ready-file", ready, "--ca-dir", folder)
	t.process.Stdout, t.process.Stderr = logFile, logFile
	if err := t.process.Start(); err != nil {
		return nil, fmt.Errorf("starting the tenant: %w", err)
	}
	go func() {
		_ = t.process.Wait() // how it ended is in its log
		close(t.ended)
	}()
	if err := t.await(ctx, ready); err != nil {
		log, _ := os.ReadFile(logFile.Name())
		return nil, errors.Join(fmt.Errorf("starting the tenant: %w\n%s", err, log), t.Stop())
	}
	return t, nil
}

// await reads the ready file as soon as it is there, and makes the clients.
func (t *tenant) await(ctx context.Context, ready string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		text, err := os.ReadFile(ready)
		if err == nil {
			if err := json.Unmarshal(text, t); err != nil {
				return fmt.Errorf("reading %s: %w", ready, err)
			}
			return t.connect()
		}
		select {
		case <-t.ended:
			return errors.New("entra-local has ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (t *tenant) connect() error {
	authority, err := os.ReadFile(t.CACertificateFile)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return fmt.Errorf("%s holds no certificate", t.CACertificateFile)
	}
	t.http = &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}}
	t.admin, err = azidentity.NewClientSecretCredential(t.ID, t.ClientID, t.ClientSecret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions:            t.clientOptions(),
		DisableInstanceDiscovery: true,
	})
	return err
}

// clientOptions make the Azure SDK talk to the tenant. The local host is not one of Microsoft's, so there is nobody who
// could vouch for it: credentials also need DisableInstanceDiscovery.
func (t *tenant) clientOptions() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: t.URL},
		Transport: t.http,
		Retry:     policy.RetryOptions{MaxRetries: -1},
	}
}

// Stop ends the process and waits for it.
func (t *tenant) Stop() error {
	if err := t.process.Process.Signal(os.Interrupt); err != nil {
		_ = t.process.Process.Kill() // on Windows there is no interrupt
	}
	select {
	case <-t.ended:
		return nil
	case <-time.After(10 * time.Second):
		err := t.process.Process.Kill()
		<-t.ended
		return errors.Join(errors.New("entra-local did not end by itself"), err)
	}
}

// Environment is what points programs at the tenant, as "NAME=value".
func (t *tenant) Environment(ctx context.Context) ([]string, error) {
	out, err := t.command(ctx, "env", "--shell", "github")
	return strings.Split(strings.TrimSpace(out), "\n"), err
}

// PlatformToken is a token of a test issuer, as the platform of that name gives to what runs on it. With the issuer URL
// of a real platform the token says that it is of that one.
func (t *tenant) PlatformToken(ctx context.Context, issuer, as, subject string, claims ...string) (string, error) {
	args := []string{"token", "--issuer", issuer, "--subject", subject}
	if as != "" {
		args = append(args, "--as", as)
	}
	for _, claim := range claims {
		args = append(args, "--claim", claim)
	}
	out, err := t.command(ctx, args...)
	return strings.TrimSpace(out), err
}

// IssuerURL is the test issuer as a federated credential names it.
func (t *tenant) IssuerURL(name string) string { return t.URL + "/oidc/" + name }

func (t *tenant) command(ctx context.Context, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, t.binary, append(args, "--url", t.URL, "--ca-dir", t.folder)...)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("entra-local %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// Graph sends a request as the tenant's administrator and returns the answer's body.
func (t *tenant) Graph(ctx context.Context, method, path string, body any) (map[string]any, error) {
	token, err := t.admin.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{t.URL + "/.default"}})
	if err != nil {
		return nil, err
	}
	return t.request(ctx, method, "/v1.0/"+path, token.Token, body)
}

// request returns the body of a successful answer; it is nil when there is none.
func (t *tenant) request(ctx context.Context, method, path, token string, body any) (map[string]any, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, t.URL+path, content)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := t.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s %s: %w", method, path, problemOf(response.StatusCode, text))
	}
	if len(text) == 0 {
		return nil, nil
	}
	var answer map[string]any
	return answer, json.Unmarshal(text, &answer)
}

// problem is an error as Microsoft Graph answers it.
type problem struct {
	status        int
	Code, Message string
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.status, p.Code, p.Message) }

// problemOf reads the body of an answer that is an error; one that is not Microsoft Graph's is the message.
func problemOf(status int, body []byte) error {
	var answer struct {
		Error problem `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error.Code == "" {
		return &problem{status: status, Message: string(body)}
	}
	answer.Error.status = status
	return &answer.Error
}

// Applications are the names of all applications in the tenant, sorted.
func (t *tenant) Applications(ctx context.Context) ([]string, error) {
	answer, err := t.Graph(ctx, http.MethodGet, "applications?$select=displayName&$top=999", nil)
	if err != nil {
		return nil, err
	}
	var names []string
	list, _ := answer["value"].([]any)
	for _, item := range list {
		application, _ := item.(map[string]any)
		names = append(names, fmt.Sprint(application["displayName"]))
	}
	slices.Sort(names)
	return names, nil
}

// ForgetRequests empties the tenant's log.
func (t *tenant) ForgetRequests(ctx context.Context) error {
	_, err := t.request(ctx, http.MethodDelete, "/_local/log", "", nil)
	return err
}

// Writes counts the requests to Microsoft Graph in the tenant's log that changed something.
func (t *tenant) Writes(ctx context.Context) (int, error) {
	answer, err := t.request(ctx, http.MethodGet, "/_local/counters", "", nil)
	if err != nil {
		return 0, err
	}
	writes := 0
	operations, _ := answer["operations"].(map[string]any)
	for operation, count := range operations {
		method, path, _ := strings.Cut(operation, " ")
		if method != http.MethodGet && (strings.HasPrefix(path, "/v1.0/") || strings.HasPrefix(path, "/beta/")) {
			n, _ := count.(float64)
			writes += int(n)
		}
	}
	return writes, nil
}
