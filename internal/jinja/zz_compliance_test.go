package jinja

import (
	"os"
	"path/filepath"
	"testing"

	"pig/internal/jinja/jmes"
	"pig/internal/value"
)

func TestZZCompliance(t *testing.T) {
	files, _ := filepath.Glob(os.Getenv("HOME") + "/go/pkg/mod/github.com/jmespath/go-jmespath@v0.4.0/compliance/*.json")
	n := 0
	for _, f := range files {
		data, _ := os.ReadFile(f)
		v, err := readJSON(string(data))
		if err != nil {
			t.Fatal(f, err)
		}
		for _, s := range v.(*value.List).Items {
			suite := s.(*value.Dict)
			given := suite.At("given")
			for _, cc := range suite.At("cases").(*value.List).Items {
				c := cc.(*value.Dict)
				expr, _ := c.At("expression").(string)
				n++
				q, err := jmes.Compile(expr, readJSON)
				var got value.Value
				if err == nil {
					got, err = q.Search(given, queryEnv())
				}
				if c.Has("error") {
					if err == nil {
						t.Errorf("%s: %s: want error %v, got %s", filepath.Base(f), expr, c.At("error"), value.Repr(got))
					}
					continue
				}
				if c.Has("bench") {
					continue
				}
				if err != nil {
					t.Errorf("%s: %s: %v", filepath.Base(f), expr, err)
					continue
				}
				got, _ = finalize(got)
				if !value.Equal(got, c.At("result")) {
					t.Errorf("%s: %s: got %s want %s", filepath.Base(f), expr, value.Repr(got), value.Repr(c.At("result")))
				}
			}
		}
	}
	t.Log(n)
}
