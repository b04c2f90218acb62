package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module"
	"pig/internal/module/builtin"
	"pig/internal/node"
	"pig/internal/value"
)

func TestTextsAreReplaced(t *testing.T) {
	t.Parallel()
	const file = "/etc/app.conf"
	for _, c := range []struct {
		text   string
		args   *value.Dict
		want   string
		makes  string
		failed string
		says   string
	}{
		{"a=1\na=2\n", args("regexp", `^a=(\d)`, "replace", `b=\1`), "b=1\nb=2\n", "update", "", "2 replacements made"},
		{"a\n", args("regexp", `(?P<x>a)`, "replace", `$\g<x>`), "$a\n", "update", "", ""},
		{"a=1\nab=1\n", args("regexp", `^a(?!b)=\d`, "replace", "a=2"), "a=2\nab=1\n", "update", "", "1 replacements made"},
		{"xx yx\n", args("regexp", `(\w)\1`, "replace", `<\1>`), "<x> yx\n", "update", "", ""},
		{"a\n", args("regexp", "b"), "a\n", "", "", "'msg': ''"},
		{"a a", args("regexp", " a"), "a", "update", "", "1 replacements made"},
		{"x\nBEGIN\nx\nEND\nx\n", args("regexp", "x", "replace", "y", "after", "BEGIN", "before", "END"), "x\nBEGIN\ny\nEND\nx\n", "update", "", ""},
		{"x\nEND\nx\n", args("regexp", "x", "replace", "y", "before", "END"), "y\nEND\nx\n", "update", "", ""},
		// Ansible takes the last place where before fits, if nothing says after.
		{"x\nEND\nx\nEND\nx\n", args("regexp", "x", "replace", "y", "before", "END"), "y\nEND\ny\nEND\nx\n", "update", "", ""},
		{"x\nBEGIN\nx\nEND\nx\nEND\n", args("regexp", "x", "replace", "y", "after", "BEGIN", "before", "END"), "x\nBEGIN\ny\nEND\nx\nEND\n", "update", "", ""},
		{"x\n", args("regexp", "x", "replace", "y", "after", "BEGIN"), "x\n", "", "", "did not match the given file"},
		{"x\n", args("regexp", "("), "x\n", "", "regexp: invalid regular expression", ""},
		{"x\n", args("regexp", "x", "after", "("), "x\n", "", "after: invalid regular expression", ""},
		{"x\n", args("regexp", "x", "encoding", "latin-1"), "x\n", "", "only utf-8 can be used", ""},
		{"x\n", args("replace", "x"), "x\n", "", "module replace needs the argument regexp", ""},
	} {
		m := newMachine(nil)
		m.Put(imitation.Laid{Path: file, Content: c.text})
		c.args.Set("path", file)
		d := deed{module: "replace", args: c.args, failed: c.failed, says: c.says, repeats: true}
		if c.makes != "" {
			d.makes = "file " + file + " " + c.makes
		}
		on(t, m, d)
		if got := m.Content(file); got != c.want {
			t.Errorf("%s makes %q, want %q", value.Display(c.args), got, c.want)
		}
	}
	on(t, newMachine(nil), deed{module: "replace", args: args("path", file, "regexp", "x"), failed: "path " + file + " does not exist"})
}

func TestLinesAndBlocksOfFilesThatAreNotThere(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	on(t, m,
		deed{module: "lineinfile", args: args("path", "/etc/x", "line", "a"), failed: "destination /etc/x does not exist"},
		deed{module: "lineinfile", args: args("path", "/etc/x", "line", "a", "state", "absent"), says: "file not present"},
		deed{module: "blockinfile", args: args("path", "/etc/x", "block", "a"), failed: "path /etc/x does not exist"},
		deed{module: "blockinfile", args: args("path", "/etc/x", "state", "absent"), says: "File does not exist"},
		deed{module: "lineinfile", args: args("path", "/etc/new/deep/x", "line", "a", "create", true, "mode", "0600"), makes: "directory /etc/new create; directory /etc/new/deep create; file /etc/new/deep/x create"},
		deed{module: "blockinfile", args: args("path", "/etc/new/y", "block", "a", "create", true), makes: "file /etc/new/y create"},
		deed{module: "blockinfile", args: args("path", "/etc/new/y", "block", "b", "insertafter", "("), failed: "", makes: "file /etc/new/y update"}, // the block is there: its place is not asked for
		deed{module: "blockinfile", args: args("path", "/etc/new/y", "block", "b", "marker", "; {mark}", "insertafter", "("), failed: "insertafter or insertbefore: invalid regular expression"},
		deed{module: "lineinfile", args: args("path", "/etc/new/y", "line", "b", "regexp", "("), failed: "regexp: invalid regular expression"},
		deed{module: "lineinfile", args: args("path", "/etc/new/y", "line", "b", "regexp", "x", "search_string", "y"), failed: "takes only one of: regexp, search_string"},
		deed{module: "lineinfile", args: args("path", "/etc/new/y", "regexp", "^b", "state", "absent"), makes: "file /etc/new/y update", says: "1 line(s) removed"},
		deed{module: "lineinfile", args: args("path", "/etc/new/y", "line", "c", "validate", "true"), failed: "validate must contain %s: true"},
	)
	m.Put(imitation.Laid{Path: "/etc/kept", Content: "a\n"})
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "lineinfile", Args: args("path", "/etc/kept", "line", "b", "backup", true)})
	if copies := m.Below("/etc"); r.Failed != "" || !strings.Contains(strings.Join(copies, " "), "/etc/kept.") {
		t.Errorf("no copy of the file before: %q, %v", r.Failed, copies)
	}
}

// A command that judges a file sees the new text, and a file that it refuses stays as it was.
func TestFilesAreValidatedBeforeTheyAreReplaced(t *testing.T) {
	t.Parallel()
	m := newMachine(func(u *imitation.Universe) {
		u.Base = append(u.Base, imitation.Laid{Path: "/usr/bin/judge", Mode: 0o755})
		u.Commands["judge"] = func(c *imitation.Invocation) int {
			if text, err := c.Files.Read(c.Argv[1]); err != nil || strings.Contains(string(text), "bad") {
				return c.Fail("bad word, %v", err)
			}
			return 0
		}
	})
	const file = "/etc/app.conf"
	on(t, m,
		deed{module: "copy", args: args("dest", file, "content", "good\n", "validate", "judge %s"), makes: "file " + file + " create"},
		deed{module: "copy", args: args("dest", file, "content", "better\n", "validate", "judge"), failed: "validate must contain %s: judge"},
		deed{module: "copy", args: args("dest", file, "content", "better\n", "validate", "judge '%s"), failed: "unclosed quote"},
	)
	for name, a := range map[string]*value.Dict{
		"copy":        args("dest", file, "content", "bad\n", "validate", "judge %s"),
		"lineinfile":  args("path", file, "line", "bad", "validate", "judge %s"),
		"blockinfile": args("path", file, "block", "bad", "validate", "judge %s"),
		"replace":     args("path", file, "regexp", "good", "replace", "bad", "validate", "judge %s"),
	} {
		r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: name, Args: a})
		if r.Failed != "failed to validate" || value.Str(r.Values.At("stderr")) != "bad word, <nil>\n" || m.Content(file) != "good\n" {
			t.Errorf("%s: %q %s, the file is %q", name, r.Failed, value.Display(r.Values), m.Content(file))
		}
	}
	if strings.Contains(strings.Join(m.Below("/etc"), " "), ".pig-check") {
		t.Errorf("a copy is left: %v", m.Below("/etc"))
	}
}

func TestCopyPutsFilesWhereTheyBelong(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	m.Put(imitation.Laid{Path: "/srv/src/a", Content: "A"})
	m.Put(imitation.Laid{Path: "/srv/dir/"})
	on(t, m,
		deed{module: "copy", args: args("dest", "/srv/b", "content", "B", "mode", "0600"), makes: "file /srv/b create", says: "'size': 1"},
		deed{module: "copy", args: args("dest", "/srv/b", "content", "B", "mode", "0640"), makes: "file /srv/b update"},
		deed{module: "copy", args: args("dest", "/srv/b", "content", "C", "force", false)},
		deed{module: "copy", args: args("dest", "/srv/j", "content", args("a", list("é𝄞\\\"", int64(1), true), "b:", nil)), makes: "file /srv/j create"},
		deed{module: "copy", args: args("dest", "/srv/raw", "content", value.Bytes("\xff")), makes: "file /srv/raw create", says: "'size': 1"},
		deed{module: "copy", args: args("dest", "/srv/new/", "content", "B"), failed: "dest /srv/new/ is a directory, and content has no name"},
		deed{module: "copy", args: args("dest", "/srv/new/", "src", "/srv/src/a", "remote_src", true), makes: "directory /srv/new create; file /srv/new/a create", says: "'dest': '/srv/new/a'"},
		deed{module: "copy", args: args("dest", "/srv/dir", "src", "/srv/src/a", "remote_src", true), makes: "file /srv/dir/a create", says: "'dest': '/srv/dir/a'"},
		deed{module: "copy", args: args("dest", "/srv/c", "src", "/srv/nosuch", "remote_src", true), failed: "/srv/nosuch"},
		deed{module: "copy", args: args("dest", "/srv/c"), failed: "module copy needs one of: content, src"},
		deed{module: "copy", args: args("dest", "/srv/c", "content", "x", "mode", "u~x"), failed: "has no operator: want +, - or ="},
		deed{module: "copy", args: args("dest", "/srv/c", "content", "x", "owner", "nosuch"), failed: "nosuch"},
	)
	if j := m.Content("/srv/j"); j != `{"a": ["\u00e9\ud834\udd1e\\\"", 1, true], "b:": null}` { // as json.dumps of Python
		t.Errorf("a mapping as a file is %s", j)
	}
	r := module.Run(t.Context(), m, builtin.Table(), module.Task{Module: "copy", Args: args("dest", "/srv/b", "content", "D", "backup", true)})
	if kept := m.Content(value.Str(r.Values.At("backup_file"))); kept != "B" || m.Content("/srv/b") != "D" {
		t.Errorf("the copy of the file before is %q: %s", kept, value.Display(r.Values))
	}
}

// A large file travels in pieces, and appears whole or not.
func TestCopyInPieces(t *testing.T) {
	t.Parallel()
	const sum = "dece05484839df110745b0a800297c33cc078287" // of "element"
	m := newMachine(nil)
	run := func(on node.Machine, name string, a *value.Dict) module.Result {
		return module.Run(t.Context(), on, builtin.Table(), module.Task{Module: name, Args: a})
	}
	ask := func(pieces string) *value.Dict {
		return args("dest", "/srv/big", "src", "big", "pieces", pieces, "size", 7, "checksum", sum)
	}
	r := run(m, "copy", ask("wanted"))
	if r.Values.At("wanted") != true || len(r.Changes) > 0 || r.Failed != "" {
		t.Errorf("a file that is not there: %s, %q", value.Display(r.Values), r.Failed)
	}
	if r := run(m, "piece", args("path", "/srv/big", "offset", 0, "content", "ele")); r.Failed != "" || r.Changed != false {
		t.Errorf("a piece: %v, %q", r.Changed, r.Failed)
	}
	if got := m.Content("/srv/big"); got != "" {
		t.Errorf("half a file is there: %q", got)
	}
	if r := run(m, "copy", ask("staged")); r.Failed == "" || m.Content("/srv/big") != "" {
		t.Errorf("half a file is put into place: %q", r.Failed)
	}
	run(m, "piece", args("path", "/srv/big", "offset", 0, "content", "ele"))
	run(m, "piece", args("path", "/srv/big", "offset", 3, "content", "ment"))
	if r := run(m, "copy", ask("staged")); r.Failed != "" || len(r.Changes) != 1 || m.Content("/srv/big") != "element" {
		t.Errorf("the whole file: %q, %q", r.Failed, m.Content("/srv/big"))
	}
	if r := run(m, "copy", ask("wanted")); r.Values.Has("wanted") || len(r.Changes) > 0 {
		t.Errorf("a file that is there is asked for: %s", value.Display(r.Values))
	}
	with := ask("wanted")
	with.Set("backup", true)
	if r := run(m, "copy", with); r.Failed != "validate, check and backup are for files of up to 8 MB" {
		t.Errorf("backup of a large file: %q", r.Failed)
	}
}
