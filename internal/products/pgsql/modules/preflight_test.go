package modules

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

func TestLocalesAreAskedOfTheNodeBeforeAnythingIsChanged(t *testing.T) {
	f := &fake.Node{OnExec: func(c node.Cmd) (node.Output, error) {
		if strings.Join(c.Argv, " ") != "locale -a" || !c.ReadOnly {
			t.Errorf("ran %v", c.Argv)
		}
		return node.Output{Stdout: []byte("C\nC.utf8\nPOSIX\nde_DE.utf8\n")}, nil
	}}
	for name, want := range map[string]string{"de_DE.UTF-8": "", "fr_FR.UTF-8": "this node has no locale fr_FR.UTF-8: add the package locales-all to node_packages"} {
		r := moduletest.Run(t, Table(), f, "postgres_preflight", value.DictOf("locales", value.NewList(name, "C", "")))
		if want == "" && r.Failed != "" || !strings.Contains(r.Failed, want) {
			t.Errorf("%s: %q, want %q", name, r.Failed, want)
		}
	}
}

func TestLibrariesThatNoPackageBringsAreNamed(t *testing.T) {
	f := &fake.Node{Contents: map[string]string{"/usr/lib/postgresql/17/lib/there.so": "", "/usr/lib/postgresql/17/lib/plugins/p.so": "", "/opt/own.so": ""}}
	for name, want := range map[string]string{
		"there": "", "plugins/p": "", "/opt/own": "", "p": "library p:", "nix": "no package on this node provides library nix: name the package in pg_extensions", "/opt/nix": "library /opt/nix",
	} {
		r := moduletest.Run(t, Table(), f, "postgres_preflight", value.DictOf("loads", value.NewList(name)))
		if (want == "") != (r.Failed == "") || !strings.Contains(r.Failed, want) {
			t.Errorf("%s: %q, want %q", name, r.Failed, want)
		}
	}
}
