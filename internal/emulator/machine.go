package emulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/instancemetadata"
)

// metadataServer is the Instance Metadata Service at an address of its own, without TLS, as programs expect it that know no
// other address than 169.254.169.254.
type metadataServer struct {
	http *http.Server
}

// serveMetadata listens on the address. The tenant answers, as far as the paths are those of the service.
func serveMetadata(ctx context.Context, address string, tenant *Tenant, template *http.Server) (*metadataServer, error) {
	if address == "" {
		return nil, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening for the instance metadata service on %s: %w", address, err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !instancemetadata.Matches(r.URL.Path) {
				http.NotFound(w, r)
				return
			}
			tenant.ServeHTTP(w, r)
		}),
		ConnContext: ConnContext, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: template.IdleTimeout, ErrorLog: template.ErrorLog,
	}
	go func() { _ = server.Serve(listener) }() // until it is shut down; a listener that breaks is met as no answer
	return &metadataServer{server}, nil
}

func (m *metadataServer) shutdown(ctx context.Context) error {
	if m == nil {
		return nil
	}
	err := m.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = m.http.Close()
	}
	return err
}
