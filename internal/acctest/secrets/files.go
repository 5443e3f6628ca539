package secrets

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
)

// Files takes in all files of a folder and of the folders in it. It looks into plan files, which are zip files.
func (w *Watch) Files(folder string) error {
	files := os.DirFS(folder)
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return w.file(name, content)
	})
}

func (w *Watch) file(name string, content []byte) error {
	if !bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		p := piece{place: name, content: content}
		if json.Valid(content) {
			p.fields = attributesInJSON
		}
		// In a plan, Terraform's own form of values: https://github.com/hashicorp/terraform/blob/main/internal/plans/planproto/planfile.proto
		p.nameless = path.Base(name) == "tfplan"
		w.look(p)
		return nil
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("looking into %s: %w", name, err)
	}
	for _, entry := range archive.File {
		reader, err := entry.Open()
		if err != nil {
			return fmt.Errorf("looking into %s: %w", name, err)
		}
		inner, err := io.ReadAll(reader)
		_ = reader.Close()
		if err != nil {
			return fmt.Errorf("looking into %s: %w", name, err)
		}
		if err := w.file(path.Join(name, entry.Name), inner); err != nil {
			return err
		}
	}
	return nil
}

// attributesInJSON has the texts in a state or a plan as JSON, as its files have it
// (https://developer.hashicorp.com/terraform/internals/json-format), or in any other JSON.
func attributesInJSON(content []byte) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		var value any
		if json.Unmarshal(content, &value) == nil {
			eachText("", "", value, yield)
		}
	}
}

// Where the attributes of a resource are: in a state file, in a state as JSON, and in a plan as JSON.
var attributesAt = []string{"attributes", "values", "before", "after"}

// eachText walks a JSON value. The type is that of the resource that it belongs to; the attribute is "" outside of
// attributes.
func eachText(typeName, attribute string, value any, yield func(string, string) bool) bool {
	switch v := value.(type) {
	case string:
		return yield(attribute, v)
	case []any:
		for _, inner := range v {
			if !eachText(typeName, attribute, inner, yield) {
				return false
			}
		}
	case map[string]any:
		if name, ok := v["type"].(string); ok && attribute == "" && v["name"] != nil {
			typeName = name
		}
		for key, inner := range v {
			at := attribute
			switch {
			case attribute != "":
				at += "." + key
			case typeName != "" && slices.Contains(attributesAt, key):
				at = typeName
			}
			if !eachText(typeName, at, inner, yield) || !yield(attribute, key) {
				return false
			}
		}
	}
	return true
}
