package node

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"

	"pig/internal/secret"
)

// How writes are described is shared by Live and Shadow: the same write makes the same Change.

// maxDiff is the largest content that is compared line by line; beyond it only the size is told.
const maxDiff = 512 << 10

func WriteChange(before Info, old, content []byte, a Attrs) Change {
	c := Change{Kind: "file", ID: before.Path, Action: "update", State: stateOf(old, content)}
	if !before.Exists() {
		c.Action = "create"
		c.Assumed = before.Assumed
	}
	c.Attrs = attrDiff(before, a)
	if !a.NoDiff {
		c.Diff = textDiff(before.Path, old, content)
	}
	if before.Exists() && (hidden(before, a) || secret.Holder(before.Path, old) || secret.Holder(before.Path, content)) {
		c.Diff = secret.HideRemoved(c.Diff)
	}
	return c
}

// hidden tells whether not everybody may read a file, before or after: it may hold a secret that nobody names.
func hidden(before Info, a Attrs) bool {
	return before.Mode&0o004 == 0 || a.Mode != nil && *a.Mode&0o004 == 0
}

// ExecChange is the change that a command is said to make. The command is part of what is digested of it; its input is where the caller has put a
// digest of it into State, since a password is
// given to a server in another form each time.
func ExecChange(c Cmd) Change {
	change := *c.Change
	change.State += stateOf([]byte(c.Dir), []byte(strings.Join(c.Argv, "\x00")))
	return change
}

func MkdirChange(path string, a Attrs) Change {
	return Change{Kind: "directory", ID: path, Action: "create", Attrs: attrDiff(Info{}, a)}
}

func LinkChange(kind string, before Info, target string) Change {
	c := Change{Kind: kind, ID: before.Path, Action: "create", Assumed: before.Assumed}
	was := ""
	if before.Exists() {
		c.Action, was = "update", string(before.Kind)
		if before.Kind == Link {
			was = before.Target
		}
	}
	c.Attrs = []Attr{{"target", was, target}}
	return c
}

// AttrsChange is the change of attributes alone; ok is false if they are as asked already.
func AttrsChange(before Info, a Attrs) (Change, bool) {
	diff := attrDiff(before, a)
	return Change{Kind: string(before.Kind), ID: before.Path, Action: "update", Attrs: diff}, len(diff) > 0
}

func TouchChange(before Info) Change {
	return Change{Kind: string(before.Kind), ID: before.Path, Action: "touch"}
}

// RemoveChange shows what was in a file only if everybody could read it and it holds no secret: what not everybody may read may hold
// one that nobody named.
func RemoveChange(before Info, old []byte) Change {
	c := Change{Kind: string(before.Kind), ID: before.Path, Action: "delete"}
	if !before.Exists() { // a package may bring it: most likely a file
		c.Kind = string(File)
	}
	if before.Kind == File && !hidden(before, Attrs{}) && !secret.Holder(before.Path, old) {
		c.Diff = textDiff(before.Path, old, nil)
	}
	return c
}

func RenameChange(from, to string) Change {
	return Change{Kind: "file", ID: to, Action: "rename", Attrs: []Attr{{"from", "", from}}}
}

func attrDiff(before Info, a Attrs) []Attr {
	var d []Attr
	was := func(s string) string {
		if before.Exists() {
			return s
		}
		return ""
	}
	if a.Mode != nil && (!before.Exists() || before.Mode != *a.Mode) && before.Kind != Link {
		d = append(d, Attr{"mode", was(octal(before.Mode)), octal(*a.Mode)})
	}
	if a.Owner != "" && !(before.Exists() && sameAccount(a.Owner, before.Owner, before.UID)) {
		d = append(d, Attr{"owner", was(before.Owner), a.Owner})
	}
	if a.Group != "" && !(before.Exists() && sameAccount(a.Group, before.Group, before.GID)) {
		d = append(d, Attr{"group", was(before.Group), a.Group})
	}
	return d
}

func sameAccount(want, name string, id int) bool {
	return want == name || want == fmt.Sprint(id)
}

func octal(m fs.FileMode) string { return fmt.Sprintf("%04o", uint32(m)) }

// TextDiff shows how a text changes.
func TextDiff(path, old, content string) string { return textDiff(path, []byte(old), []byte(content)) }

func textDiff(path string, old, content []byte) string {
	switch {
	case len(old) > maxDiff || len(content) > maxDiff:
		return fmt.Sprintf("(%d -> %d bytes: too large to compare)\n", len(old), len(content))
	case !isText(old) || !isText(content):
		return fmt.Sprintf("(binary, %d -> %d bytes)\n", len(old), len(content))
	}
	return udiff.Unified(path, path, string(old), string(content))
}

func isText(b []byte) bool {
	return utf8.Valid(b) && !strings.ContainsRune(string(b[:min(len(b), 8000)]), 0)
}

func UnitChange(verb, name string, o UnitOptions) Change {
	c := Change{Kind: "service", ID: name, Action: verb, Impact: o.Impact}
	if c.Impact == ImpactNone {
		switch verb {
		case "restart", "stop":
			c.Impact = ImpactRestart
		case "reload":
			c.Impact = ImpactReload
		}
	}
	return c
}
