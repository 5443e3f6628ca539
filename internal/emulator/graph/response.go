package graph

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
)

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// response compresses what is written, where the client accepts it.
type response struct {
	http.ResponseWriter
	acceptsGzip bool
	compressor  *gzip.Writer
}

var compressors = sync.Pool{New: func() any {
	writer, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is a valid one
	return writer
}}

func newResponse(w http.ResponseWriter, r *http.Request) *response {
	return &response{ResponseWriter: w, acceptsGzip: strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")}
}

func (w *response) WriteHeader(status int) {
	hasBody := status != http.StatusNoContent && status != http.StatusNotModified
	if w.acceptsGzip && hasBody && strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Del("Content-Length")
		w.compressor = compressors.Get().(*gzip.Writer)
		w.compressor.Reset(w.ResponseWriter)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(content []byte) (int, error) {
	if w.compressor != nil {
		return w.compressor.Write(content)
	}
	return w.ResponseWriter.Write(content)
}

func (w *response) close() {
	if w.compressor == nil {
		return
	}
	_ = w.compressor.Close() // a client that went away
	compressors.Put(w.compressor)
	w.compressor = nil
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// answer writes a JSON body.
func (r *request) answer(status int, body any) error {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	content, err := httpjson.Append((*buffer)[:0], body)
	if err != nil {
		return err
	}
	*buffer = content
	r.w.Header().Set("Content-Type", jsonType)
	r.w.WriteHeader(status)
	_, _ = r.w.Write(content) // a client that went away
	return nil
}

func (r *request) noContent() error {
	r.w.WriteHeader(http.StatusNoContent)
	return nil
}

// metadata is the address of the metadata document, where @odata.context begins.
func (r *request) metadata() string { return r.base() + "/$metadata#" }

// base is the address of this version of the service.
func (r *request) base() string { return r.service.Origin(r.Request) + "/" + r.version.String() }
