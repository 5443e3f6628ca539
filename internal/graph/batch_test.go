package graph_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// BenchmarkReads compares ten single reads at a time, which is what Terraform asks for, with the same ten in one $batch
// (https://learn.microsoft.com/graph/json-batching). An iteration is ten reads. Over one HTTP/2 connection the batch is
// hardly faster: both take one round trip, and each request in a batch counts for itself where Graph throttles
// (https://learn.microsoft.com/graph/throttling). So the provider has no batches; what saves requests is listing.
func BenchmarkReads(b *testing.B) {
	const atATime = 10
	for _, latency := range []string{"0ms", "100ms"} {
		server, err := emulator.Start(b.Context(), emulator.Options{}, emulator.ServerOptions{CertificateFolder: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		if err := server.Tenant.AddSeed(emulator.Seed{Estate: atATime}); err != nil {
			b.Fatal(err)
		}
		var paths []string
		for i := range atATime {
			paths = append(paths, "/applications/"+emulator.EstateID("application", i+1))
		}
		server.Tenant.Faults().Set(fault.MustParse("* /** latency=" + latency)...)
		certificates, err := os.ReadFile(server.CACertificateFile)
		if err != nil {
			b.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(certificates)
		client := &http.Client{Transport: graph.NewTransport(roots)}
		token := server.Tenant.Token("Application.Read.All")
		send := func(method, path string, body []byte) error {
			request, err := http.NewRequestWithContext(b.Context(), method, server.URL+"/v1.0"+path, bytes.NewReader(body))
			if err != nil {
				return err
			}
			request.Header.Set("Authorization", "Bearer "+token)
			request.Header.Set("Content-Type", "application/json")
			response, err := client.Do(request)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
				return fmt.Errorf("%s, %w", response.Status, err)
			}
			return nil
		}
		b.Run("single, latency "+latency, func(b *testing.B) {
			for b.Loop() {
				var readers sync.WaitGroup
				for _, path := range paths {
					readers.Go(func() {
						if err := send(http.MethodGet, path, nil); err != nil {
							b.Error(err)
						}
					})
				}
				readers.Wait()
			}
		})
		b.Run("batch, latency "+latency, func(b *testing.B) {
			var requests []map[string]any
			for i, path := range paths {
				requests = append(requests, map[string]any{"id": fmt.Sprint(i), "method": "GET", "url": path})
			}
			body, err := json.Marshal(map[string]any{"requests": requests})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := send(http.MethodPost, "/$batch", body); err != nil {
					b.Fatal(err)
				}
			}
		})
		client.CloseIdleConnections()
		if err := server.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
