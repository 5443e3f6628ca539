package chaos

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/workloadid/terraform-provider-workloadid/internal/orphan"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// whole is what `make chaos` sets. Among all the other tests some columns of the matrix are tried, each cell in one run,
// in which the first request fails; and what runs with a CLI is small.
var whole = flag.Bool("whole", false, "have each request of an operation fail in its turn, chance have all its seeds, and the CLI much to do")

// pluginCookie is what a CLI sets in the environment of a provider.
const pluginCookie = "TF_PLUGIN_MAGIC_COOKIE"

// windowVariable has the provider's consistency window, where it is not the usual one.
const windowVariable = "WORKLOADID_CHAOS_WINDOW"

func TestMain(m *testing.M) {
	if os.Getenv(pluginCookie) != "" {
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if *whole {
		// What runs with a CLI mostly waits, and must not wait for a turn among the cells of the matrix.
		const withCLI = 3
		if err := flag.Set("test.parallel", strconv.Itoa(runtime.GOMAXPROCS(0)+withCLI)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	os.Exit(run(m))
}

// serve has this program be the provider, which the CLI runs as a process of its own.
func serve() error {
	orphan.Watch(context.Background(), func() { os.Exit(1) })
	options := provider.Options{Version: "chaos"}
	if text := os.Getenv(windowVariable); text != "" {
		var err error
		if options.ConsistencyWindow, err = time.ParseDuration(text); err != nil {
			return fmt.Errorf("%s: %w", windowVariable, err)
		}
	}
	return providerserver.Serve(context.Background(), func() frameworkprovider.Provider { return provider.NewWithOptions(options) },
		providerserver.ServeOpts{Address: "registry.terraform.io/workloadid/workloadid", ProtocolVersion: 6})
}

// scratch is a folder for the time of a run.
var scratch string

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "workloadid-chaos-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	scratch = folder

	debug.SetGCPercent(400) // schemas and plans are made by the thousand, and none is kept
	code := m.Run()
	var columns []string
	for _, m := range misbehaviours {
		columns = append(columns, m.name)
	}
	results.print(os.Stdout, rows(), columns)
	return code
}
