package inventory

import (
	"bytes"
	"strings"
	"testing"

	"pig/internal/diag"
)

// FuzzINI reads any text as an inventory in INI form: it is refused with a place in it, or every host and variable can be asked for.
func FuzzINI(f *testing.F) {
	for _, s := range []string{
		"a ansible_host=1.2.3.4 x='y z'\n[web]\nb[01:03]:22 k=v # c\n[web:vars]\nn=[1, 2]\n[all:children]\nweb\n",
		"[nosuch:vars]\na=1\n", "[a:children]\nb\n[b:children]\na\n", "[", "[a]b", "[a:b:c]\n", "a[1:\n", "a[0:99999999999]\n", "a x=\"\n", "a x=\\\n", "=\n[g:vars]\n=1\n",
		"[g]\n\xff\xfe\n", "[fe80::1]:22\n", "a x={'k': 'v'}\n", ";c\n#c\n\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := 1 + strings.Count(text, "\n")
		l := &loader{inv: newInventory()}
		l.iniFile("i.ini", []byte(text))
		inv, warnings, err := l.finish(nil)
		var all diag.List
		all.Add(err)
		for _, d := range append(warnings, all...) {
			if d.Pos.Line > lines {
				t.Fatalf("%s stands on line %d of %d", d.Summary, d.Pos.Line, lines)
			}
			if bytes.ContainsRune([]byte(d.Summary), '\n') {
				t.Fatalf("a summary of more than one line: %q", d.Summary)
			}
		}
		if err != nil {
			return
		}
		for _, h := range inv.Hosts() {
			inv.Vars(h)
		}
	})
}
