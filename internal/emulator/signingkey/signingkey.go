// Package signingkey keeps the RSA keys with which the local tenant signs: its own access tokens and
// those of its test issuers. A ring makes a key the first time it is asked for and gives the same one
// ever after.
package signingkey

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// bits is the size of every key: what Microsoft Entra ID and the issuers it trusts use.
const bits = 2048

// Key is an RSA key with the identifier its tokens name in their "kid" header.
type Key struct {
	ID      string // RFC 7638 thumbprint, base64url
	Private *rsa.PrivateKey
}

// Public is the key as a JSON Web Key Set publishes it.
func (k *Key) Public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.Private.Public(), KeyID: k.ID, Algorithm: string(jose.RS256), Use: "sig"}
}

// Ring holds keys by name. The zero value is not usable; see NewRing.
type Ring struct {
	directory string

	mutex sync.Mutex
	keys  map[string]func() (*Key, error)
}

// process is the ring of everyone who keeps no files: making an RSA key is slow, and a test run starts
// hundreds of tenants.
var process = &Ring{keys: map[string]func() (*Key, error){}}

// NewRing returns a ring that keeps each key as a PEM file in directory, which is made when missing. With an
// empty directory the keys live in memory, as long as the process, and are shared by all such rings.
func NewRing(directory string) *Ring {
	if directory == "" {
		return process
	}
	return &Ring{directory: directory, keys: map[string]func() (*Key, error){}}
}

// Key returns the key of that name, making it if there is none.
func (r *Ring) Key(name string) (*Key, error) {
	r.mutex.Lock()
	load, ok := r.keys[name]
	if !ok {
		load = sync.OnceValues(func() (*Key, error) { return r.load(name) })
		r.keys[name] = load
	}
	r.mutex.Unlock()
	return load()
}

// ByID returns the key with that identifier among those of names that begin with prefix, without making one.
func (r *Ring) ByID(prefix, id string) (*Key, bool) {
	for _, name := range r.names() {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if key, err := r.Key(name); err == nil && key.ID == id {
			return key, true
		}
	}
	return nil, false
}

// names lists the keys there are, in memory and on disk.
func (r *Ring) names() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var names []string
	for name := range r.keys {
		names = append(names, name)
	}
	if r.directory == "" {
		return names
	}
	entries, err := os.ReadDir(r.directory)
	if err != nil {
		return names
	}
	for _, entry := range entries {
		escaped, isKey := strings.CutSuffix(entry.Name(), suffix)
		name, err := url.PathUnescape(escaped)
		if _, known := r.keys[name]; isKey && err == nil && !known {
			names = append(names, name)
		}
	}
	return names
}

const suffix = ".key.pem"

func (r *Ring) load(name string) (*Key, error) {
	if r.directory == "" {
		return generate()
	}
	path := filepath.Join(r.directory, url.PathEscape(name)+suffix)
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("reading signing key: %w", err)
	default:
		return parse(path, content)
	}
	key, err := generate()
	if err != nil {
		return nil, err
	}
	return r.save(path, key)
}

// save writes the key unless another process was faster, whose key it then returns.
func (r *Ring) save(path string, key *Key) (*Key, error) {
	if err := os.MkdirAll(r.directory, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for signing keys: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key.Private)
	if err != nil {
		return nil, fmt.Errorf("encoding signing key: %w", err)
	}
	file, err := os.CreateTemp(r.directory, "*.tmp")
	if err != nil {
		return nil, fmt.Errorf("saving signing key: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	err = errors.Join(pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), file.Close())
	if err != nil {
		return nil, fmt.Errorf("saving signing key: %w", err)
	}
	err = os.Link(file.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading signing key: %w", err)
		}
		return parse(path, content)
	}
	if err != nil {
		return nil, fmt.Errorf("saving signing key: %w", err)
	}
	return key, nil
}

func parse(path string, content []byte) (*Key, error) {
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("signing key %s is not PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", path, err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s is not RSA", path)
	}
	return withID(private)
}

func generate() (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("making signing key: %w", err)
	}
	return withID(private)
}

func withID(private *rsa.PrivateKey) (*Key, error) {
	public := jose.JSONWebKey{Key: private.Public()}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("identifying signing key: %w", err)
	}
	return &Key{ID: base64.RawURLEncoding.EncodeToString(thumbprint), Private: private}, nil
}
