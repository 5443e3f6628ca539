package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// asProgram makes the test binary be the program.
const asProgram = "ENTRA_LOCAL_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// buffer is an output that a test reads while the program writes.
type buffer struct {
	mutex   sync.Mutex
	content bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.content.Write(p)
}

func (b *buffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.content.String()
}

// command runs the program to its end.
func command(t *testing.T, arguments ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err buffer
	code = run(t.Context(), arguments, &out, &err)
	return out.String(), err.String(), code
}

// serving runs `serve` and returns the note on it, its outputs, and how to end it.
func serving(t *testing.T, folder string, arguments ...string) (running note, stdout, stderr *buffer, end func() int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr = &buffer{}, &buffer{}
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--ca-dir", folder, "--ready-file", file}, arguments...), stdout, stderr)
	}()
	end = sync.OnceValue(func() int { cancel(); return <-code })
	t.Cleanup(func() { end() })
	return ready(t, file, stderr), stdout, stderr, end
}

func ready(t *testing.T, file string, stderr *buffer) (running note) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		content, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(content, &running)
		}
		if err != nil {
			t.Fatal(err)
		}
		return running
	}
	t.Fatalf("the tenant is not ready: %s", stderr)
	return running
}

func TestServe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	running, stdout, stderr, end := serving(t, folder, "--tenant", "ABCDEF01-0000-4000-8000-000000000001")
	if got, want := stdout.String(), "listening on "+running.URL+"\n"; got != want {
		t.Errorf("stdout is %q, want %q", got, want)
	}
	if running.TenantID != "abcdef01-0000-4000-8000-000000000001" || running.ClientID != emulator.CallerClientID || running.ProcessID != os.Getpid() {
		t.Errorf("the ready file says %+v", running)
	}
	if strings.Contains(stderr.String(), "WARNING") || !strings.Contains(stderr.String(), running.CACertificateFile) {
		t.Errorf("stderr is %s", stderr)
	}
	if code := end(); code != 0 {
		t.Errorf("interrupted, it ends with %d: %s", code, stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, notesFolder, "*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if _, said, code := command(t, "env", "--ca-dir", folder, "--wait", "0s"); code != exitFailure || !strings.Contains(said, "no local tenant is noted as running") {
		t.Errorf("env afterwards: %d %s", code, said)
	}
}

func TestServe_verbose(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	running, _, stderr, end := serving(t, folder, "--verbose")
	client, err := running.client()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Get(running.URL + "/v1.0/users?$top=1")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	client.CloseIdleConnections()
	end()
	for _, logged := range []string{"msg=request", "method=GET", `path="/v1.0/users?$top=1"`, "status=401"} {
		if !strings.Contains(stderr.String(), logged) {
			t.Errorf("it does not log %s: %s", logged, stderr)
		}
	}
}

func TestServe_reachable(t *testing.T) {
	t.Parallel()
	_, stdout, stderr, _ := serving(t, t.TempDir(), "--listen", "0.0.0.0:0", "--host", "tenant.example")
	if !strings.Contains(stderr.String(), "WARNING: this tenant can be reached from other machines") {
		t.Errorf("it does not say so: %s", stderr)
	}
	if !strings.HasPrefix(stdout.String(), "listening on https://tenant.example:") {
		t.Errorf("stdout is %s", stdout)
	}
}

func TestServe_data(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data, seed := filepath.Join(folder, "tenant.db"), filepath.Join(folder, "seed.json")
	const object = `{"applications":[{"id":"d0000000-0000-4000-8000-000000000001","appId":"d0000000-0000-4000-8000-000000000002","displayName":"seeded"}]}`
	if err := os.WriteFile(seed, []byte(object), 0o600); err != nil {
		t.Fatal(err)
	}
	const id = "d0000000-0000-4000-8000-000000000003"
	_, _, _, end := serving(t, folder, "--data", data, "--seed", seed, "--tenant", strings.ToUpper(id))
	if code := end(); code != 0 {
		t.Fatal(code)
	}
	again, _, said, end := serving(t, folder, "--data", data, "--seed", seed)
	if code := end(); code != 0 || again.TenantID != id || !strings.Contains(said.String(), "the seed was not read: the data file has a tenant already") {
		t.Errorf("again it is %s: %d\n%s", again.TenantID, code, said)
	}
	tenant, err := emulator.New(emulator.Options{DataFile: data})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tenant.Close() }()
	for _, application := range tenant.Objects("applications") {
		if application["displayName"] == "seeded" {
			return
		}
	}
	t.Error("the data file lacks what was seeded")
}

// Whoever waits for the ready file learns that there will be no tenant, and is not shown an earlier one.
func TestServe_readyFile(t *testing.T) {
	t.Parallel()
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "ready.json")
	running, _, _, _ := serving(t, folder)
	if err := running.write(file); err != nil {
		t.Fatal(err)
	}
	_, said, code := command(t, "serve", "--ca-dir", folder, "--listen", strings.TrimPrefix(running.URL, "https://"), "--ready-file", file)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var failed struct{ URL, Error string }
	if err := json.Unmarshal(content, &failed); err != nil || failed.URL != "" || !strings.Contains(failed.Error, "address already in use") {
		t.Errorf("the ready file has %s (%v)", content, err)
	}
	if code != exitFailure || !strings.Contains(said, failed.Error) {
		t.Errorf("%d %s", code, said)
	}
}

// The Azure CLI keeps its tokens for an hour: they must do on the tenant that is started next.
func TestServe_tokensOutliveIt(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	running, _, _, end := serving(t, folder)
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {"https://graph.microsoft.com/.default"},
		"client_id": {running.ClientID}, "client_secret": {running.ClientSecret},
	}
	client, err := running.client()
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	answer, err := client.PostForm(running.URL+"/"+running.TenantID+"/oauth2/v2.0/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&token); err != nil || token.Access == "" {
		t.Fatalf("signing in: %v", err)
	}
	client.CloseIdleConnections()
	if code := end(); code != 0 {
		t.Fatal(code)
	}

	running, _, _, _ = serving(t, folder)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, running.URL+"/v1.0/applications", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token.Access)
	again, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Body.Close() }()
	if again.StatusCode != http.StatusOK {
		t.Errorf("the next tenant answers %s", again.Status)
	}
}

func TestServe_failures(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data, misspelt := filepath.Join(folder, "tenant.db"), filepath.Join(folder, "seed.json")
	if err := os.WriteFile(misspelt, []byte(`{"app":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	running, _, _, _ := serving(t, folder, "--data", data)
	for says, arguments := range map[string][]string{
		"address already in use": {"--listen", strings.TrimPrefix(running.URL, "https://")},
		"no such file":           {"--listen", "127.0.0.1:0", "--seed", filepath.Join(folder, "none.json")},
		`unknown field "app"`:    {"--listen", "127.0.0.1:0", "--seed", misspelt},
		"another process has it": {"--listen", "127.0.0.1:0", "--data", data},
		"or is no data file":     {"--listen", "127.0.0.1:0", "--data", misspelt},
		"ready file":             {"--listen", "127.0.0.1:0", "--ready-file", filepath.Join(running.CACertificateFile, "x")},
	} {
		_, said, code := command(t, append([]string{"serve", "--ca-dir", folder}, arguments...)...)
		if code != exitFailure || !strings.HasPrefix(said[strings.LastIndex(said, "entra-local serve: "):], "entra-local serve: ") || !strings.Contains(said, says) {
			t.Errorf("%v: %d %s", arguments, code, said)
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for says, arguments := range map[string][]string{
		`entra-local: there is no command "nonsense"`:                   {"nonsense"},
		`entra-local serve: "x" is not an option`:                       {"serve", "x"},
		"entra-local serve: unknown flag: --nonsense":                   {"serve", "--nonsense"},
		`entra-local serve: --tenant is "contoso", not a GUID`:          {"serve", "--tenant", "contoso", "--ca-dir", folder},
		`entra-local serve: --listen is "8443", not HOST:PORT`:          {"serve", "--listen", "8443", "--ca-dir", folder},
		`entra-local serve: --host is "https://x", not a host name`:     {"serve", "--host", "https://x", "--ca-dir", folder},
		`entra-local serve: --host is "a b", not a host name`:           {"serve", "--host", "10.0.0.1,a b", "--ca-dir", folder},
		`entra-local env: --shell is "cmd", not one of bash, fish,`:     {"env", "--shell", "cmd"},
		`entra-local serve: --control-from is "docker0", not a network`: {"serve", "--control-from", "docker0", "--ca-dir", folder},
		"entra-local run: there is no command to run":                   {"run", "--ca-dir", folder},
		"entra-local run: unknown flag: --nonsense":                     {"run", "--nonsense", "true"},
		"entra-local token: --issuer is missing":                        {"token", "--subject", "a"},
		"entra-local token: --subject is missing":                       {"token", "--issuer", "a"},
		`entra-local token: --claim is "x", not NAME=VALUE`:             {"token", "--issuer", "a", "--subject", "a", "--claim", "x"},
		`invalid argument "soon" for "--lifetime" flag`:                 {"token", "--lifetime", "soon"},
	} {
		stdout, said, code := command(t, arguments...)
		if code != exitUsage || !strings.Contains(said, says) || !strings.Contains(said, "--help") || stdout != "" {
			t.Errorf("%v: %d %q", arguments, code, said)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{nil, {"--help"}, {"serve", "--help"}, {"env", "--help"}, {"token", "--help"}, {"run", "--help"}, {"--version"}} {
		stdout, said, code := command(t, arguments...)
		if code != 0 || said != "" || !strings.Contains(stdout, "entra-local") {
			t.Errorf("%v: %d %q %q", arguments, code, stdout, said)
		}
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	running, _, _, _ := serving(t, folder)
	stdout, said, code := command(t, "token", "--ca-dir", folder, "--issuer", "github", "--as", "https://token.actions.githubusercontent.com",
		"--subject", "repo:contoso/shop:ref:refs/heads/main", "--audience", "api://other", "--claim", "repository_id=42", "--claim", "x=a=b", "--lifetime", "1h")
	if code != 0 || said != "" {
		t.Fatalf("%d %s", code, said)
	}
	token, err := jwt.ParseSigned(strings.TrimSpace(stdout), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"iss": "https://token.actions.githubusercontent.com", "sub": "repo:contoso/shop:ref:refs/heads/main", "aud": "api://other",
		"repository_id": "42", "x": "a=b", "repository": "contoso/shop",
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	if life := claims["exp"].(float64) - claims["iat"].(float64); life != 3600 {
		t.Errorf("valid for %v s", life)
	}
	_, said, code = command(t, "token", "--ca-dir", folder, "--issuer", "a b", "--subject", "x")
	if code != exitFailure || !strings.Contains(said, "asking "+running.URL+" for a token: 400 Bad Request: the name of an issuer") {
		t.Errorf("%d %s", code, said)
	}
	_, said, code = command(t, "token", "--ca-dir", folder, "--issuer", "a", "--subject", "x", "--url", "https://127.0.0.1:1")
	if code != exitFailure || !strings.Contains(said, "connection refused") {
		t.Errorf("%d %s", code, said)
	}
}

func TestEnv_severalTenants(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	one, _, _, _ := serving(t, folder)
	two, _, _, end := serving(t, folder)
	_, said, code := command(t, "env", "--ca-dir", folder)
	if code != exitUsage || !strings.Contains(said, "choose one with --url") || !strings.Contains(said, one.URL) || !strings.Contains(said, two.URL) {
		t.Errorf("%d %s", code, said)
	}
	for _, running := range []note{one, two} {
		stdout, _, code := command(t, "env", "--ca-dir", folder, "--shell", "github", "--url", running.URL+"/")
		if code != 0 || !strings.Contains(stdout, "AZURE_AUTHORITY_HOST="+running.URL+"\n") {
			t.Errorf("%d %s", code, stdout)
		}
	}
	end()
	stdout, _, code := command(t, "env", "--ca-dir", folder, "--shell", "github")
	if code != 0 || !strings.Contains(stdout, "AZURE_AUTHORITY_HOST="+one.URL+"\n") {
		t.Errorf("with one left: %d %s", code, stdout)
	}
	// A published port of a container is another way to the one tenant.
	stdout, _, code = command(t, "env", "--ca-dir", folder, "--shell", "github", "--url", "https://localhost:9443")
	if code != 0 || !strings.Contains(stdout, "ARM_METADATA_HOSTNAME=localhost:9443\n") || !strings.Contains(stdout, "ARM_TENANT_ID="+one.TenantID+"\n") {
		t.Errorf("by another address: %d %s", code, stdout)
	}
	for _, address := range []string{"http://localhost:9443", "localhost:9443", "https://localhost:9443/x"} {
		if _, said, code := command(t, "env", "--ca-dir", folder, "--url", address); code != exitUsage || !strings.Contains(said, "not an address") {
			t.Errorf("%s: %d %s", address, code, said)
		}
	}
}

// What is printed must mean, to the shell, exactly what is meant.
func TestEnv_shells(t *testing.T) {
	t.Parallel()
	values := []variable{{"PLAIN", "a"}, {"QUOTES", `it's "$HOME" \ ` + "`id`"}, {"PATH_LIKE", "/tmp/with space/ü"}}
	for shell, arguments := range map[string][]string{
		"bash":       {"bash", "-c"},
		"sh":         {"sh", "-c"},
		"zsh":        {"zsh", "-c"},
		"fish":       {"fish", "-c"},
		"powershell": {"pwsh", "-NoProfile", "-Command"},
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(arguments[0]); err != nil {
				t.Skipf("%s is not here", arguments[0])
			}
			var script strings.Builder
			if err := printLines(&script, values, shells[shell].set); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				output, err := exec.Command(arguments[0], append(arguments[1:], script.String()+"printenv "+v.name)...).Output() //nolint:gosec // a test
				if got := strings.TrimSuffix(string(output), "\n"); err != nil || got != v.value {
					t.Errorf("%s is %q, want %q (%v)", v.name, got, v.value, err)
				}
				undone := script.String() + shells[shell].unset(v.name) + "\nprintenv " + v.name + " || echo none"
				output, err = exec.Command(arguments[0], append(arguments[1:], undone)...).Output() //nolint:gosec // a test
				if err != nil || string(output) != "none\n" {
					t.Errorf("%s is not unset: %q (%v)", v.name, output, err)
				}
			}
		})
	}
	for shell, want := range map[string]string{
		"bash": `export N='it'\''s'`, "fish": `set -gx N 'it\'s'`, "powershell": `$env:N = 'it''s'`, "github": `N=it's`,
	} {
		if got := shells[shell].set(variable{"N", "it's"}); got != want {
			t.Errorf("%s: %s, want %s", shell, got, want)
		}
	}
}

// program starts the program as a process of its own.
func program(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.CommandContext(t.Context(), executable, arguments...)
	process.Env = append(os.Environ(), asProgram+"=1")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return process
}

func TestProcess(t *testing.T) {
	t.Parallel()
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "ready.json")
	serve := []string{"serve", "--listen", "127.0.0.1:0", "--ca-dir", folder, "--ready-file", file, "--data", filepath.Join(folder, "tenant.db")}

	process := program(t, serve...)
	killed := ready(t, file, &buffer{})
	if killed.ProcessID != process.Process.Pid {
		t.Errorf("the ready file is of process %d", killed.ProcessID)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	if _, err := os.Stat(killed.path(folder)); err != nil {
		t.Errorf("a killed tenant leaves its note: %v", err)
	}
	if _, said, code := command(t, "env", "--ca-dir", folder, "--wait", "0s"); code != exitFailure || !strings.Contains(said, "no local tenant") {
		t.Errorf("a killed tenant is taken for running: %d %s", code, said)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}

	process = program(t, serve...)
	again := ready(t, file, &buffer{})
	if _, err := os.Stat(killed.path(folder)); again.URL != killed.URL && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old note is still there: %v", err)
	}
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err != nil {
		t.Errorf("asked to end, it ends with %v", err)
	}
	if _, err := os.Stat(again.path(folder)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it leaves its note: %v", err)
	}
}
