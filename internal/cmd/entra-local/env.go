package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// variable is one of the environment.
type variable struct{ name, value string }

// variables point programs at the tenant, as its seeded caller.
func (n note) variables() []variable {
	host := strings.TrimPrefix(n.URL, "https://")
	return []variable{
		// This provider; the ones whose names begin with ARM, azurerm and azuread too.
		{"ARM_TENANT_ID", n.TenantID},
		{"ARM_CLIENT_ID", n.ClientID},
		{"ARM_CLIENT_SECRET", n.ClientSecret},
		{"ARM_SUBSCRIPTION_ID", emulator.SubscriptionID},
		{"ARM_METADATA_HOSTNAME", host},
		{"ARM_MSI_ENDPOINT", n.URL + "/metadata/identity/oauth2/token"},
		{"WORKLOADID_GRAPH_ENDPOINT", n.URL},
		{"WORKLOADID_RESOURCE_MANAGER_ENDPOINT", n.URL},
		{"WORKLOADID_AUTHORITY", n.URL},
		{"WORKLOADID_CA_CERTIFICATE_FILE", n.CACertificateFile},
		// Azure SDKs.
		{"AZURE_TENANT_ID", n.TenantID},
		{"AZURE_CLIENT_ID", n.ClientID},
		{"AZURE_CLIENT_SECRET", n.ClientSecret},
		{"AZURE_SUBSCRIPTION_ID", emulator.SubscriptionID},
		{"AZURE_AUTHORITY_HOST", n.URL},
		// Managed identities, as in App Service.
		{"IDENTITY_ENDPOINT", n.URL + "/msi/token"},
		{"IDENTITY_HEADER", emulator.IdentityHeader},
		// The Azure CLI: its only cloud is the tenant, it is not to ask login.microsoftonline.com what to think of that
		// address, nor to report home, and the accounts in its usual folder are not touched.
		{"ARM_CLOUD_METADATA_URL", n.URL + "/metadata/endpoints?api-version=2019-05-01"},
		{"AZURE_CONFIG_DIR", n.azureConfigFolder()},
		{"AZURE_CORE_INSTANCE_DISCOVERY", "false"},
		{"AZURE_CORE_COLLECT_TELEMETRY", "false"},
		// Whom to trust: Go and OpenSSL, curl, Python, Node.
		{"SSL_CERT_FILE", n.CABundleFile},
		{"CURL_CA_BUNDLE", n.CABundleFile},
		{"REQUESTS_CA_BUNDLE", n.CABundleFile},
		{"NODE_EXTRA_CA_CERTS", n.CACertificateFile},
	}
}

// azureConfigFolder is where the Azure CLI keeps what it knows of this tenant: it remembers the address of a cloud.
func (n note) azureConfigFolder() string {
	return filepath.Join(filepath.Dir(n.CACertificateFile), "azure", n.name())
}

// makeAzureConfigFolder makes that folder: the Azure CLI fails when it is not there.
func (n note) makeAzureConfigFolder() error {
	if err := os.MkdirAll(n.azureConfigFolder(), 0o700); err != nil {
		return fmt.Errorf("making the Azure CLI's folder: %w", err)
	}
	return nil
}

// shell is how a shell is told.
type shell struct {
	set   func(variable) string
	unset func(name string) string
	fail  string // has eval fail, or what stands for it
}

var posix = shell{
	set: func(v variable) string {
		return "export " + v.name + "='" + strings.ReplaceAll(v.value, "'", `'\''`) + "'"
	},
	unset: func(name string) string { return "unset " + name },
	fail:  "false",
}

// shells are known by the names of their programs. What GitHub reads sets the variables of the steps that follow.
var shells = map[string]shell{
	"bash": posix, "sh": posix, "zsh": posix,
	"fish": {
		set: func(v variable) string {
			return "set -gx " + v.name + " '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v.value) + "'"
		},
		unset: func(name string) string { return "set -e " + name },
		fail:  "false",
	},
	"powershell": {
		set: func(v variable) string {
			return "$env:" + v.name + " = '" + strings.ReplaceAll(v.value, "'", "''") + "'"
		},
		unset: func(name string) string { return "Remove-Item -ErrorAction Ignore Env:" + name },
		fail:  "throw 'entra-local: there is no tenant'",
	},
	"github": {
		set:   func(v variable) string { return v.name + "=" + v.value },
		unset: func(name string) string { return name + "=" },
	},
}

// startTime is how long a tenant that was started a moment ago may take until it is noted.
const startTime = 10 * time.Second

func envCommand() *cobra.Command {
	var (
		address, name string
		wait          time.Duration
		unset         bool
	)
	known := strings.Join(slices.Sorted(maps.Keys(shells)), ", ")
	command := &cobra.Command{
		Use:   "env",
		Short: "Print what a shell must export to use a running tenant",
		Long: `Print what a shell must export to use a running tenant: this provider, azurerm and
azuread, the Azure SDKs, the Azure CLI, and whom programs in Go, Python and Node are to trust.
A tenant that is being started is waited for. Where there is none, what is printed makes eval
fail: nothing is exported then, and the next terraform apply would go to another tenant.

A program with an Azure SDK must be told not to ask login.microsoftonline.com about the
tenant's address: the credentials' option DisableInstanceDiscovery (Go),
disable_instance_discovery (Python), disableInstanceDiscovery (JavaScript).

The Azure CLI needs to sign in besides, into a folder of its own, where it leaves its
usual accounts alone:

  az login --service-principal --tenant "$AZURE_TENANT_ID" --username "$AZURE_CLIENT_ID" \
    --password "$AZURE_CLIENT_SECRET"`,
		Example: `  eval "$(entra-local env)"
  entra-local env --shell fish | source
  entra-local env --shell powershell | Out-String | Invoke-Expression
  entra-local env --shell github >> "$GITHUB_ENV"
  eval "$(entra-local env --unset)"`,
		Args: noArguments,
	}
	command.Flags().StringVar(&address, "url", "", "the tenant's address (default: of the only one running)")
	command.Flags().StringVar(&name, "shell", defaultShell(), "how to write it: "+known)
	command.Flags().DurationVar(&wait, "wait", startTime, "how long to wait for a tenant")
	command.Flags().BoolVar(&unset, "unset", false, "print what undoes it")
	folder := folderFlag(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		shell, ok := shells[name]
		if !ok {
			return usage("--shell is %q, not one of %s", name, known)
		}
		if unset {
			return printLines(command.OutOrStdout(), note{}.variables(), func(v variable) string { return shell.unset(v.name) })
		}
		folder, err := folderOrDefault(*folder)
		if err != nil {
			return err
		}
		running, err := await(command.Context(), folder, address, wait)
		if err == nil {
			err = running.makeAzureConfigFolder()
		}
		if err != nil {
			if shell.fail != "" {
				_, _ = fmt.Fprintln(command.OutOrStdout(), shell.fail)
			}
			return err
		}
		return printLines(command.OutOrStdout(), running.variables(), shell.set)
	}
	return command
}

func printLines(w io.Writer, variables []variable, line func(variable) string) error {
	for _, v := range variables {
		if _, err := fmt.Fprintln(w, line(v)); err != nil {
			return err
		}
	}
	return nil
}

// defaultShell is that of the user, as far as it can be told. What bash reads, so do others.
func defaultShell() string {
	name := filepath.Base(os.Getenv("SHELL"))
	if _, ok := shells[name]; ok {
		return name
	}
	if os.Getenv("SHELL") == "" && runtime.GOOS == "windows" {
		return "powershell"
	}
	return "bash"
}
