package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// benchmark runs requests against a tenant of 3,000 applications, without a network.
func benchmark(b *testing.B, replication emulator.Replication, path func(ids []string, i int) string) {
	tenant, err := emulator.New(emulator.Options{})
	if err != nil {
		b.Fatal(err)
	}
	token := tenant.Token("Application.ReadWrite.All")
	do := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		tenant.ServeHTTP(w, r)
		return w
	}
	ids := make([]string, 3000)
	for i := range ids {
		w := do(http.MethodPost, "/v1.0/applications", fmt.Sprintf(`{"displayName":"app %d","tags":["a","b"],"web":{"redirectUris":["https://a"]}}`, i))
		_, ids[i], _ = strings.Cut(w.Header().Get("Location"), "/applications/")
	}
	if err := tenant.SetReplication(replication); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if w := do(http.MethodGet, path(ids, i), ""); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// BenchmarkRead is of single reads: without replicas they are to cost what they did before there could be any.
func BenchmarkRead(b *testing.B) {
	for name, replication := range map[string]emulator.Replication{
		"primary": {}, "replicas": {Replicas: 3, Lag: emulator.Lag{Max: 30 * time.Second}},
	} {
		b.Run(name, func(b *testing.B) {
			benchmark(b, replication, func(ids []string, i int) string { return "/v1.0/applications/" + ids[i%len(ids)] })
		})
	}
}

func BenchmarkPageOf999(b *testing.B) {
	benchmark(b, emulator.Replication{}, func([]string, int) string { return "/v1.0/applications?$top=999" })
}

func BenchmarkFilter(b *testing.B) {
	benchmark(b, emulator.Replication{}, func(_ []string, i int) string {
		return fmt.Sprintf("/v1.0/applications?$filter=displayName%%20eq%%20'app%%20%d'&$select=id", i%3000)
	})
}
