package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// configuration is how a provider is used in the rows: a folder with
//
//   - provider.tf, which each workspace has once: required_providers, and a provider block if it needs one;
//   - application.tf, service_principal.tf and credential.tf: an application and what belongs to it, each in one resource;
//   - further_credential.tf: a credential of the application whose NUMBER is 1;
//   - access.tf: what the service principal may do with Microsoft Graph, by itself and for users; grant.tf: one thing that it
//     may do by itself;
//   - lookup.tf: a data source that finds Microsoft Graph's service principal by its name.
//
// Of all but the first there are as many copies as the row needs, in which the word NUMBER is 1, 2, 3 and so on; as they
// stand they work too. A row whose file there is not is left out. The provider is found in the folder's mirror/, which
// `terraform providers mirror mirror` makes. It has the environment of this process, and of the tenant what azuread needs
// as well: ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_METADATA_HOSTNAME and SSL_CERT_FILE.
type configuration struct {
	name   string
	files  fs.FS
	mirror string // "" where the provider is in the bench's own mirror
}

//go:embed configurations
var configurations embed.FS

const (
	providerFile          = "provider.tf"
	applicationFile       = "application.tf"
	servicePrincipalFile  = "service_principal.tf"
	credentialFile        = "credential.tf"
	furtherCredentialFile = "further_credential.tf"
	accessFile            = "access.tf"
	grantFile             = "grant.tf"
	lookupFile            = "lookup.tf"
	valueFile             = "value.tf" // of the inert provider and of terraform_data

	// placeholder stands for the number of a copy.
	placeholder = "NUMBER"
)

// builtIn is a configuration of this program's own.
func builtIn(name string) configuration {
	files, err := fs.Sub(configurations, "configurations/"+name)
	if err != nil {
		panic(err) // the name is no path
	}
	return configuration{name: name, files: files}
}

// given is a configuration in a folder.
func given(folder string) (configuration, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return configuration{}, err
	}
	c := configuration{name: filepath.Base(folder), files: os.DirFS(folder), mirror: filepath.Join(folder, "mirror")}
	if !c.has(providerFile) {
		return configuration{}, fmt.Errorf("%s has no %s", folder, providerFile)
	}
	return c, nil
}

func (c configuration) has(files ...string) bool {
	for _, file := range files {
		if _, err := fs.Stat(c.files, file); err != nil {
			return false
		}
	}
	return true
}

// part is a number of copies of a file.
type part struct {
	file   string
	copies int // 0 is the file as it stands
}

// each is as many copies of each of the files.
func each(copies int, files ...string) []part {
	parts := make([]part, 0, len(files))
	for _, file := range files {
		parts = append(parts, part{file, copies})
	}
	return parts
}

// resources is how many resources, or data sources, the parts are together.
func resources(parts []part) int {
	sum := 0
	for _, p := range parts {
		sum += max(p.copies, 1)
	}
	return sum
}

// text is the configuration that consists of the parts.
func (c configuration) text(parts ...part) (string, error) {
	var text strings.Builder
	for _, p := range append([]part{{file: providerFile}}, parts...) {
		content, err := fs.ReadFile(c.files, p.file)
		if err != nil {
			return "", err
		}
		if p.copies == 0 {
			text.Write(content)
		}
		for number := range p.copies {
			text.WriteString(strings.ReplaceAll(string(content), placeholder, strconv.Itoa(number+1)))
		}
	}
	return text.String(), nil
}
