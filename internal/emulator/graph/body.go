package graph

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maximumBody is the largest request body the service reads.
const maximumBody = 4 << 20

// body reads the request body, uncompressed.
func (r *request) body() ([]byte, error) {
	var reader io.Reader = http.MaxBytesReader(r.w, r.Body, maximumBody)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		decompressor, err := gzip.NewReader(reader)
		if err != nil {
			return nil, unreadable()
		}
		reader = io.LimitReader(decompressor, maximumBody)
	}
	content, err := io.ReadAll(reader)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, failure(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request body exceeds the maximum allowed size.")
	}
	if err != nil {
		return nil, unreadable()
	}
	return content, nil
}

// object reads a request body that is a JSON object.
func (r *request) object() (map[string]any, error) {
	content, err := r.body()
	if err != nil {
		return nil, err
	}
	mediaType := r.Header.Get("Content-Type")
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		return nil, failure(http.StatusBadRequest, "BadRequest", "Empty Payload. JSON content expected.")
	case mediaType == "":
		return nil, failure(http.StatusBadRequest, "BadRequest", "Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	case !strings.HasPrefix(strings.ToLower(mediaType), "application/json"):
		return nil, failure(http.StatusUnsupportedMediaType, "Request_BadRequest", "The content type '%s' is not supported.", mediaType)
	}
	var object map[string]any
	if err := json.Unmarshal(content, &object); err != nil || object == nil {
		return nil, unreadable()
	}
	return object, nil
}

func unreadable() error {
	return failure(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
}
