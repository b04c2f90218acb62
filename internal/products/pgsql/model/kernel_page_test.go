package model

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of kernels into docs/pgsql.md")

// The page has the kernels as pig knows them.
func TestThePageListsTheKernels(t *testing.T) {
	t.Parallel()
	const page, head = "../../../../docs/pgsql.md", "| `pg_mode` | server |"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), head)
	headings, rest, ruled := strings.Cut(rest, "|---|---|---|---|---|---|---|\n")
	_, after, ends := strings.Cut(rest, "\n- ")
	if !found || !ruled || !ends {
		t.Fatalf("%s has no table of kernels", page)
	}
	var rows strings.Builder
	for _, k := range kernels {
		if k.Own() {
			protocol := ""
			if k.Protocol != "" {
				protocol = fmt.Sprintf("%s, port %d", k.Protocol, k.Port)
			}
			fmt.Fprintf(&rows, "| `%s` | %s | `%s` | `%s` | %s | %s | %s |\n", k.Mode, k.Maker, k.Server, k.Home, strconv.Itoa(k.Version), cmp.Or(strings.Join(k.Libs, ", "), "nothing"), cmp.Or(protocol, "none"))
		}
	}
	want := before + head + headings + "|---|---|---|---|---|---|---|\n" + rows.String() + "\n- " + after
	if *update {
		err = os.WriteFile(page, []byte(want), 0o644)
	} else if want != string(text) {
		err = fmt.Errorf("%s does not list the kernels as they are: go test ./internal/products/pgsql/model -run TestThePage -update", page)
	}
	if err != nil {
		t.Error(err)
	}
}
