// Package certificate is the local tenant's certificate authority: made once, kept in a folder, and trusted by
// clients through one PEM file. Server certificates are made in memory and renewed by themselves.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Names of the files in the folder of an authority.
const (
	File       = "ca.pem"        // the certificate, for clients to trust
	BundleFile = "ca-bundle.pem" // the certificate and what the system trusts, for clients that take only one file
	keyFile    = "ca.key.pem"    // the private key and the certificate
)

const (
	authorityLifetime = 10 * 365 * 24 * time.Hour
	authorityRenewal  = 90 * 24 * time.Hour // how long before its end an authority is replaced at start
	serverLifetime    = 90 * 24 * time.Hour
	serverRenewal     = 30 * 24 * time.Hour
	backdating        = time.Hour // for clients whose clock is behind
)

// Authority signs server certificates.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	folder      string
	now         func() time.Time
}

// Open returns the authority kept in the folder, making both when they are missing, and a new authority when the old
// one is near its end or may not vouch for one of the hosts. A nil now is time.Now.
func Open(folder string, now func() time.Time, hosts ...string) (*Authority, error) {
	if now == nil {
		now = time.Now
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the certificate authority: %w", err)
	}
	authority, err := read(folder, now)
	if err == nil {
		// Those that it was made for before are kept, for who trusts it already.
		hosts = append(authority.hosts(), hosts...)
	}
	if err == nil && (authority.certificate.NotAfter.Sub(now()) < authorityRenewal || !authority.covers(hosts)) {
		err = os.Remove(filepath.Join(folder, keyFile))
		if err == nil {
			err = fs.ErrNotExist
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		authority, err = create(folder, now, hosts)
	}
	if err != nil {
		return nil, err
	}
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.certificate.Raw})
	if err := errors.Join(replace(authority.File(), own), replace(authority.BundleFile(), append(systemBundle(), own...))); err != nil {
		return nil, fmt.Errorf("writing the certificate of the authority: %w", err)
	}
	return authority, nil
}

// hosts are the names and addresses that the authority may vouch for, besides this machine.
func (a *Authority) hosts() []string {
	var hosts []string
	for _, name := range a.certificate.PermittedDNSDomains {
		if name != thisMachine {
			hosts = append(hosts, name)
		}
	}
	for _, network := range a.certificate.PermittedIPRanges {
		if !network.IP.IsLoopback() {
			hosts = append(hosts, network.IP.String())
		}
	}
	return hosts
}

// covers reports whether the authority may vouch for all of these hosts, and for nothing that it is not needed for.
func (a *Authority) covers(hosts []string) bool {
	names, networks := permitted(hosts)
	return a.certificate.PermittedDNSDomainsCritical && slices.Equal(a.certificate.PermittedDNSDomains, names) &&
		slices.EqualFunc(a.certificate.PermittedIPRanges, networks, func(x, y *net.IPNet) bool { return x.String() == y.String() })
}

// thisMachine is the name that the authority always vouches for.
const thisMachine = "localhost"

// permitted are the names and networks that an authority for these hosts may vouch for: nobody who has its key can be any other
// host to those who trust it.
func permitted(hosts []string) (names []string, networks []*net.IPNet) {
	names = []string{thisMachine}
	networks = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}, {IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)}}
	for _, host := range hosts {
		ip := net.ParseIP(host)
		switch four := ip.To4(); {
		case ip == nil && !slices.Contains(names, host):
			names = append(names, host)
		case ip == nil, slices.ContainsFunc(networks, func(n *net.IPNet) bool { return n.Contains(ip) }):
		case four != nil:
			networks = append(networks, &net.IPNet{IP: four, Mask: net.CIDRMask(32, 32)})
		default:
			networks = append(networks, &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)})
		}
	}
	return names, networks
}

// File is the path of the PEM file that clients of the server trust.
func (a *Authority) File() string { return filepath.Join(a.folder, File) }

// BundleFile is the path of the PEM file for clients that trust nothing besides: it also holds the authorities that
// this system keeps in a file.
func (a *Authority) BundleFile() string { return filepath.Join(a.folder, BundleFile) }

// Pool holds the authority's certificate and those the system trusts.
func (a *Authority) Pool() *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil { // there is none on this system
		pool = x509.NewCertPool()
	}
	pool.AddCert(a.certificate)
	return pool
}

// ServerConfig returns the TLS configuration of a server at this machine's loopback addresses and the given host
// names and IP addresses. It makes a new certificate whenever the last one is near its end.
func (a *Authority) ServerConfig(hosts ...string) (*tls.Config, error) {
	server := &server{authority: a, hosts: append([]string{"localhost", "127.0.0.1", "::1"}, hosts...)}
	if _, err := server.current(nil); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: server.current,
	}, nil
}

type server struct {
	authority *Authority
	hosts     []string

	mutex  sync.Mutex
	issued *tls.Certificate
}

func (s *server) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.issued == nil || s.issued.Leaf.NotAfter.Sub(s.authority.now()) < serverRenewal {
		issued, err := s.authority.issue(s.hosts)
		if err != nil {
			return nil, err
		}
		s.issued = issued
	}
	return s.issued, nil
}

func (a *Authority) issue(hosts []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the server's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: hosts[len(hosts)-1]},
		NotBefore:             a.now().Add(-backdating),
		NotAfter:              a.now().Add(serverLifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("making the server's certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the server's certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

func serial() *big.Int {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	return new(big.Int).SetBytes(random)
}
