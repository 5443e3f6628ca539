package terraformcli

import (
	"io/fs"
	"strings"
)

// onlyConfiguration shows of a folder its .tf files and subfolders that hold such: not the state and the plugins
// that someone's own commands left there.
type onlyConfiguration struct{ fs.FS }

func (o onlyConfiguration) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	if err != nil {
		return nil, err
	}
	var kept []fs.DirEntry
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") || strings.HasSuffix(entry.Name(), ".tf") {
			kept = append(kept, entry)
		}
	}
	return kept, nil
}
