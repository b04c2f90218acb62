package filters_test

import (
	"os"
	"path/filepath"
	"testing"

	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/value"
)

func TestTestsOfComparison(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"[1, 2, 3] | select('!=', 2) | list":                                             "[1, 3]",
		"[1, 2, 3] | select('==', 2) | list":                                             "[2]",
		"[1, 2, 3] | select('<', 2) | list":                                              "[1]",
		"[1, 2, 3] | select('<=', 2) | list":                                             "[1, 2]",
		"[1 is ne 1, 1 is ne 2]":                                                         "[False, True]",
		"[1 is lt 1, 1 is lt 2, 1 is lessthan 2]":                                        "[False, True, True]",
		"[2 is le 1, 1 is le 1]":                                                         "[False, True]",
		"[1 is greaterthan 1, 2 is greaterthan 1]":                                       "[False, True]",
		"[[1, 3] is issubset([1, 2]), [1] is issubset([1, 2])]":                          "[False, True]",
		"[[1, 2] is issuperset([3]), [1, 2] is issuperset([2])]":                         "[False, True]",
		"['nan' | float is isnan, 1.0 is isnan]":                                         "[True, False]",
		"['1.10' is version_compare('1.9', '>'), '1.10' is version_compare('1.9', '<')]": "[True, False]",
		"'<a>' is escaped":                                                               "False",
	})
}

func TestTestsOfResults(t *testing.T) {
	t.Parallel()
	scope := func() *jinja.Scope {
		return jinjatest.Scope("ok", value.DictOf("changed", true, "failed", false, "started", int64(1), "finished", int64(0)),
			"bad", value.DictOf("failed", true), "gone", value.DictOf("unreachable", true), "left", value.DictOf("skipped", true))
	}
	jinjatest.WantAll(t, scope, map[string]string{
		"[ok is change, bad is change, {'results': [{'changed': true}]} is change]": "[True, False, True]",
		"[bad is failure, ok is failure]":                                           "[True, False]",
		"[ok is successful, bad is successful]":                                     "[True, False]",
		"[ok is reachable, gone is reachable]":                                      "[True, False]",
		"[left is skip, ok is skip]":                                                "[True, False]",
		"[ok is started, {'started': 0} is started, ok is finished]":                "[True, False, False]",
	})
	jinjatest.WantErrors(t, scope, map[string]string{"1 is failure": "expects a dictionary"})
}

func TestTestsOfFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("plain", "hi")
	write("secret", "$ANSIBLE_VAULT;1.1;AES256\n6162\n")
	for name, to := range map[string]string{"link": "plain", "broken": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	scope := func() *jinja.Scope {
		return jinjatest.Scope("d", dir, "plain", dir+"/plain", "secret", dir+"/secret", "link", dir+"/link", "broken", dir+"/broken")
	}
	jinjatest.WantAll(t, scope, map[string]string{
		"[d is is_dir, plain is is_dir]":                               "[True, False]",
		"[plain is is_file, d is is_file, link is is_file]":            "[True, False, True]",
		"[link is is_link, plain is is_link]":                          "[True, False]",
		"[broken is link_exists, broken is exists]":                    "[True, False]",
		"['/' is is_mount, plain is is_mount]":                         "[True, False]",
		"['/a' is is_abs, 'a' is is_abs]":                              "[True, False]",
		"[link is is_same_file(plain), secret is is_same_file(plain)]": "[True, False]",
		"[secret is vaulted_file, plain is vaulted_file]":              "[True, False]",
	})
	jinjatest.WantErrors(t, scope, map[string]string{"broken is vaulted_file": "no such file"})
}

func TestFiltersThatEscape(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"'<a>' | forceescape": "'&lt;a&gt;'",
		"'<a>' | safe":        "'<a>'",
	})
	jinjatest.WantErrors(t, empty, map[string]string{
		"'52:54:00' | random_mac":   "random_mac is not supported",
		"'x' | vault('password')":   "vault",
		"'x' | unvault('password')": "vault",
	})
}
