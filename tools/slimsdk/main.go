// Command slimsdk writes a smaller msgraph-sdk-go for the provider to be built with, and a go.mod that uses it. `make`
// runs it; CONTRIBUTING.md says when to think of it.
//
// The linker keeps every exported method of every type that becomes an interface somewhere, because gRPC and net/rpc look
// methods up by name. One function of the SDK leads to nearly all of its models that way: the one that chooses the type
// of a directory object, and an application's owners are directory objects. The provider asks for nothing of them but
// their id, so in the copy that function always makes the base type, which halves the binary. What the base type does not
// know, it keeps as additional data.
//
// Nothing else differs: without this (`go build`, `go install`) the same provider is built, just bigger.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
)

const sdk = "github.com/microsoftgraph/msgraph-sdk-go"

// chooser is the function to cut down, of the SDK's models.
const chooser = "CreateDirectoryObjectFromDiscriminatorValue"

// The copy and its files go.mod and go.sum are made here, in the module's root.
const (
	tools  = ".tools"
	folder = tools + "/msgraph-sdk-go"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "slimsdk:", err)
		os.Exit(1)
	}
}

// run writes go.mod last: it stands for all the rest, also to make. What was there before is swapped for the new copy, so
// that a build meanwhile never meets half of it.
func run() error {
	packages, err := used()
	if err != nil {
		return err
	}
	fresh, stale := folder+".new", folder+".old"
	if err := errors.Join(os.RemoveAll(fresh), os.RemoveAll(stale)); err != nil {
		return err
	}
	if err := write(fresh, packages); err != nil {
		return err
	}
	if err := os.Rename(folder, stale); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := errors.Join(os.Rename(fresh, folder), os.RemoveAll(stale)); err != nil {
		return err
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		return err
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	// A path in a replacement is relative to the module's root, wherever the file is that says so.
	mod = fmt.Appendf(mod, "\nreplace %s => ./%s\n", sdk, folder)
	if err := os.WriteFile(tools+"/go.sum", sums, 0o644); err != nil {
		return err
	}
	return os.WriteFile(tools+"/go.mod", mod, 0o644)
}

// sdkPackage is what `go list -json` says of a package.
type sdkPackage struct {
	Dir     string
	GoFiles []string
	Module  *sdkModule
}

type sdkModule struct {
	Path, Dir, GoMod string
	Replace          *sdkModule
}

// used returns the packages of the SDK that the main module and its tests import, also through one another.
func used() ([]sdkPackage, error) {
	list := exec.Command("go", "list", "-deps", "-test", "-json=Dir,GoFiles,Module", "./...")
	list.Stderr = os.Stderr
	answer, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	var packages []sdkPackage
	for decoder := json.NewDecoder(bytes.NewReader(answer)); ; {
		var p sdkPackage
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			if len(packages) == 0 {
				return nil, fmt.Errorf("nothing here imports %s", sdk)
			}
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", list, err)
		case p.Module == nil || p.Module.Path != sdk:
		case p.Module.Replace != nil:
			return nil, fmt.Errorf("%s is replaced by %s already; run this without -modfile in GOFLAGS", sdk, p.Module.Replace.Path)
		default:
			packages = append(packages, p)
		}
	}
}

// write copies the packages into folder and cuts the one function down.
func write(folder string, packages []sdkPackage) error {
	module := packages[0].Module
	files := map[string]string{
		module.GoMod:                         "go.mod",
		filepath.Join(module.Dir, "LICENSE"): "LICENSE",
	}
	for _, p := range packages {
		within, err := filepath.Rel(module.Dir, p.Dir)
		if err != nil {
			return err
		}
		for _, name := range p.GoFiles {
			files[filepath.Join(p.Dir, name)] = filepath.Join(within, name)
		}
	}
	found := false
	for from, to := range files {
		source, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if path.Dir(filepath.ToSlash(to)) == "models" && bytes.Contains(source, []byte("func "+chooser+"(")) {
			if source, err = cut(source, chooser); err != nil {
				return fmt.Errorf("%s: %w", from, err)
			}
			found = true
		}
		to = filepath.Join(folder, to)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, source, 0o644); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%s/models has no function %s any more", sdk, chooser)
	}
	return nil
}
