package inventory

import (
	"fmt"
	"os"
	"path/filepath"
	"pig/internal/value"
	"testing"
)

func TestZZ(t *testing.T) {
	dirs, _ := filepath.Glob("/tmp/oracle/case/*")
	for _, d := range dirs {
		src := []string{d + "/inv"}
		inv, _, err := Load(src, Options{PlaybookDir: d + "/play"})
		if err != nil {
			fmt.Println(d, err)
		}
		os.WriteFile(d+"/pig.json", value.JSON(inv.List(View{})), 0o644)
		os.WriteFile(d+"/pig.graph", []byte(inv.Graph(inv.Group("all"), View{})), 0o644)
		out := ""
		for _, p := range []string{"all", "g1", "pg-test,g0", "h*:!g2", "g3:&g1", "~h[12]", "all[0]", "g*[1:2]", "ungrouped", "all:!ungrouped"} {
			hs, _, e := inv.Select(p)
			out += fmt.Sprintln(p, hostNames(hs), e)
		}
		os.WriteFile(d+"/pig.match", []byte(out), 0o644)
	}
}
