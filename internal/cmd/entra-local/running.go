package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/certificate"
)

// note is what the other commands need to know of a running tenant. `serve` leaves one in the folder, named after the
// address, for as long as it runs.
type note struct {
	URL               string `json:"url"`
	TenantID          string `json:"tenantId"`
	ClientID          string `json:"clientId"` // of the seeded caller
	ClientSecret      string `json:"clientSecret"`
	CACertificateFile string `json:"caCertificateFile"`
	CABundleFile      string `json:"caBundleFile"`
	ProcessID         int    `json:"processId"`
}

const notesFolder = "running"

// name is the tenant's address as part of a file name.
func (n note) name() string {
	return strings.NewReplacer("https://", "", ":", "_", "[", "", "]", "").Replace(n.URL)
}

func (n note) path(folder string) string { return filepath.Join(folder, notesFolder, n.name()+".json") }

func (n note) write(path string) error { return write(path, n) }

// write leaves something in a file, as JSON, in one step, readable by the user alone.
func write(path string, what any) error {
	content, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "*.tmp")
	if err != nil {
		return err
	}
	_, err = file.Write(append(content, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// notes reads the notes in the folder. The files of the authority are those in the same folder, wherever the tenant
// sees it: it may run in a container.
func notes(folder string) ([]note, error) {
	paths, err := filepath.Glob(filepath.Join(folder, notesFolder, "*.json"))
	if err != nil {
		return nil, err
	}
	var found []note
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has just ended
		}
		if err != nil {
			return nil, err
		}
		var n note
		if err := json.Unmarshal(content, &n); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		n.CACertificateFile = filepath.Join(folder, certificate.File)
		n.CABundleFile = filepath.Join(folder, certificate.BundleFile)
		found = append(found, n)
	}
	return found, nil
}

// isUp reports whether something listens at the address of the note. A tenant that was killed leaves its note.
func (n note) isUp() bool {
	address, err := url.Parse(n.URL)
	if err != nil {
		return false
	}
	connection, err := net.DialTimeout("tcp", address.Host, time.Second)
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}

// find returns the running tenant at that address, or the only one there is when the address is empty. An address that
// no note has is another way to the only noted tenant, such as a published port of a container.
func find(folder, address string) (note, error) {
	all, err := notes(folder)
	if err != nil {
		return note{}, err
	}
	address = strings.TrimSuffix(address, "/")
	var up []note
	for _, n := range all {
		if n.URL == address {
			return n, nil
		}
		if address != "" || n.isUp() {
			up = append(up, n)
		}
	}
	switch {
	case len(up) == 0:
		return note{}, fmt.Errorf("%w in %s; start one with: entra-local serve", errNone, folder)
	case len(up) > 1:
		var addresses []string
		for _, n := range up {
			addresses = append(addresses, n.URL)
		}
		return note{}, usage("several local tenants are running: choose one with --url, of %s", strings.Join(addresses, ", "))
	}
	if address != "" {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Scheme != "https" || parsed.Host == "" || parsed.Path != "" {
			return note{}, usage("--url is %q, not an address such as https://127.0.0.1:8443", address)
		}
		up[0].URL = address
	}
	return up[0], nil
}

// errNone is that no tenant runs, which may be about to.
var errNone = errors.New("no local tenant is noted as running")

// await is find, with patience for a tenant that is being started.
func await(ctx context.Context, folder, address string, patience time.Duration) (note, error) {
	for end := time.Now().Add(patience); ; {
		found, err := find(folder, address)
		if !errors.Is(err, errNone) || !time.Now().Before(end) {
			return found, err
		}
		select {
		case <-ctx.Done():
			return note{}, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// forgetEnded removes the notes of tenants that were killed.
func forgetEnded(folder string) error {
	all, err := notes(folder)
	if err != nil {
		return err
	}
	for _, n := range all {
		if n.isUp() {
			continue
		}
		if err := os.Remove(n.path(folder)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
