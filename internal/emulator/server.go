package emulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/certificate"
)

// shutdownTime is how long Close waits for requests that are being answered.
const shutdownTime = 5 * time.Second

// ServerOptions configures Start. The zero value listens on a free port of the loopback interface.
type ServerOptions struct {
	Listen            string   // host:port; empty is 127.0.0.1:0
	Hosts             []string // further names and addresses by which clients reach the server, the first one in its URL
	CertificateFolder string   // where the certificate authority is kept; empty is CertificateFolder()
	InstanceMetadata  string   // host:port at which the Instance Metadata Service is too, over HTTP; empty is nowhere else
}

// Server serves a tenant over HTTPS, HTTP/2 and HTTP/1.1, with a certificate of an authority of its own.
type Server struct {
	Tenant            *Tenant
	URL               string // the tenant's origin
	CACertificateFile string // PEM: the authority that clients must trust
	CABundleFile      string // PEM: that authority and those that the system trusts
	Loopback          bool   // only programs on this machine reach it

	http    *http.Server
	machine *metadataServer
	served  chan error
	close   func() error
}

// CertificateFolder is where a user's certificate authority is kept unless ServerOptions say otherwise.
func CertificateFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the folder for the certificate authority: %w", err)
	}
	return filepath.Join(cache, "entra-local"), nil
}

// Start makes a tenant and serves it until Close or the end of the context. An origin or an HTTP client that the tenant's
// options do not give are filled in: the server's URL, and a client that trusts the server too.
func Start(ctx context.Context, options Options, serverOptions ServerOptions) (*Server, error) {
	if serverOptions.CertificateFolder == "" {
		var err error
		if serverOptions.CertificateFolder, err = CertificateFolder(); err != nil {
			return nil, err
		}
	}
	if serverOptions.Listen == "" {
		serverOptions.Listen = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", serverOptions.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", serverOptions.Listen, err)
	}
	server, err := serve(ctx, listener, options, serverOptions)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return server, nil
}

func serve(ctx context.Context, listener net.Listener, options Options, serverOptions ServerOptions) (*Server, error) {
	address := listener.Addr().(*net.TCPAddr)
	hosts := serverOptions.Hosts
	if !address.IP.IsUnspecified() {
		hosts = append(slices.Clip(hosts), address.IP.String())
	}
	authority, err := certificate.Open(serverOptions.CertificateFolder, nil, hosts...) // by the real clock, which clients go by too
	if err != nil {
		return nil, err
	}
	config, err := authority.ServerConfig(hosts...)
	if err != nil {
		return nil, err
	}
	server := &Server{
		CACertificateFile: authority.File(),
		CABundleFile:      authority.BundleFile(),
		Loopback:          address.IP.IsLoopback(),
		served:            make(chan error, 1),
	}
	// On all interfaces clients come by different names, and each is told of the tenant by its own.
	name := "127.0.0.1"
	if len(hosts) > 0 {
		name = hosts[0]
	}
	server.URL = "https://" + net.JoinHostPort(name, fmt.Sprint(address.Port))
	if options.Origin == "" && len(hosts) > 0 {
		options.Origin = server.URL
	}
	options.Hosts = append(slices.Clip(options.Hosts), hosts...)
	if options.HTTPClient == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.TLSClientConfig = &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}
		options.HTTPClient = &http.Client{Transport: transport}
	}
	if server.Tenant, err = New(options); err != nil {
		return nil, err
	}
	logger := server.Tenant.options.Logger
	server.http = &http.Server{
		Handler:           server.Tenant,
		TLSConfig:         config,
		ConnContext:       ConnContext,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       5 * time.Minute,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug), // failed handshakes
	}
	if server.machine, err = serveMetadata(ctx, serverOptions.InstanceMetadata, server.Tenant, server.http); err != nil {
		return nil, errors.Join(err, server.Tenant.Close())
	}
	server.close = sync.OnceValue(server.shutdown)
	go func() { server.served <- server.http.ServeTLS(listener, "", "") }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return server, nil
}

// Wait waits until the server has been closed or cannot go on, and says why in the latter case.
func (s *Server) Wait() error {
	err := <-s.served
	s.served <- err
	if errors.Is(err, http.ErrServerClosed) {
		return s.Close()
	}
	return errors.Join(err, s.Close())
}

// Close stops listening, lets requests end that are being answered, and closes the tenant.
func (s *Server) Close() error { return s.close() }

func (s *Server) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	return errors.Join(err, s.machine.shutdown(ctx), s.Tenant.Close())
}
