package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// read loads the authority of the folder; fs.ErrNotExist when there is none.
func read(folder string, now func() time.Time) (*Authority, error) {
	path := filepath.Join(folder, keyFile)
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate authority: %w", err)
	}
	authority := &Authority{folder: folder, now: now}
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			authority.certificate, err = x509.ParseCertificate(block.Bytes)
		case "EC PRIVATE KEY":
			authority.key, err = x509.ParseECPrivateKey(block.Bytes)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the certificate authority %s: %w", path, err)
		}
	}
	if authority.certificate == nil || authority.key == nil || !authority.key.PublicKey.Equal(authority.certificate.PublicKey) {
		return nil, fmt.Errorf("reading the certificate authority %s: it does not hold a certificate and its key; delete it for a new one", path)
	}
	return authority, nil
}

// create makes an authority and keeps it, unless another process was faster: then it returns that one's.
func create(folder string, now func() time.Time, hosts []string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key of the certificate authority: %w", err)
	}
	names, networks := permitted(hosts)
	host, _ := os.Hostname() // only tells several authorities apart in a list
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "entra-local " + host, Organization: []string{"entra-local test tenant"}},
		NotBefore:             now().Add(-backdating),
		NotAfter:              now().Add(authorityLifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,

		PermittedDNSDomainsCritical: true, PermittedDNSDomains: names, PermittedIPRanges: networks,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making the certificate authority: %w", err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("making the certificate authority: %w", err)
	}
	content := append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...)
	temporary, err := write(folder, content)
	if err != nil {
		return nil, fmt.Errorf("keeping the certificate authority: %w", err)
	}
	defer func() { _ = os.Remove(temporary) }()
	if err := os.Link(temporary, filepath.Join(folder, keyFile)); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("keeping the certificate authority: %w", err)
	}
	return read(folder, now)
}

// replace gives the file new content, in one step.
func replace(path string, content []byte) error {
	temporary, err := write(filepath.Dir(path), content)
	if err != nil {
		return err
	}
	if err := os.Chmod(temporary, 0o644); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return os.Rename(temporary, path)
}

// write makes a new file that only the user can read and returns its path.
func write(folder string, content []byte) (string, error) {
	file, err := os.CreateTemp(folder, "*.tmp")
	if err != nil {
		return "", err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// systemBundles are the files in which Unix systems keep the authorities they trust.
var systemBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Arch, Alpine
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora and its like
	"/etc/ssl/ca-bundle.pem",                            // SUSE
	"/etc/ssl/cert.pem",                                 // macOS, BSD
}

func systemBundle() []byte {
	for _, path := range systemBundles {
		if content, err := os.ReadFile(path); err == nil {
			return append(content, '\n')
		}
	}
	return nil
}
