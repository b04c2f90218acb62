package builtin

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// fileArgs are the arguments that every module which writes files shares.
func fileArgs() []module.Arg {
	return []module.Arg{
		{Name: "mode", Type: module.Mode},
		{Name: "owner"},
		{Name: "group"},
		{Name: "unsafe_writes", Type: module.Bool, Only: false},
	}
}

// attrs reads mode, owner and group. current is what is there, for symbolic modes.
func attrs(a module.Args, current node.Info) (node.Attrs, error) {
	out := node.Attrs{Owner: a.String("owner"), Group: a.String("group")}
	if !a.Has("mode") {
		return out, nil
	}
	m, err := ParseMode(a.Get("mode"), current)
	if err != nil {
		return out, err
	}
	out.Mode = &m
	return out, nil
}

// modeForm is what a mode looks like.
const modeForm = "octal such as 0640, or symbolic such as u=rw,g=r"

// ParseMode reads a mode as Ansible does: a number is taken as it is (YAML's 0644 is 420), a text is octal ("0644",
// "644") or symbolic ("u=rw,g=r,o="), which needs the current mode.
func ParseMode(v value.Value, current node.Info) (fs.FileMode, error) {
	if n, ok := v.(int64); ok {
		if n < 0 || n > 0o7777 {
			return 0, fmt.Errorf("invalid mode %d: %s, in quotes", n, modeForm)
		}
		return fs.FileMode(n), nil
	}
	text := strings.TrimSpace(value.Str(v))
	if n, err := strconv.ParseUint(strings.TrimPrefix(text, "0o"), 8, 32); err == nil {
		if n > 0o7777 {
			return 0, fmt.Errorf("invalid mode %q: %s", text, modeForm)
		}
		return fs.FileMode(n), nil
	}
	mode := current.Mode
	if !current.Exists() {
		mode = 0o644
	}
	for clause := range strings.SplitSeq(text, ",") {
		var err error
		if mode, err = symbolic(mode, clause, current.Kind == node.Dir); err != nil {
			return 0, fmt.Errorf("invalid mode %q: %w (%s)", text, err, modeForm)
		}
	}
	return mode, nil
}

// symbolic applies one clause such as u+x or go=.
func symbolic(mode fs.FileMode, clause string, dir bool) (fs.FileMode, error) {
	i := strings.IndexAny(clause, "+-=")
	if i < 0 {
		return 0, fmt.Errorf("%q has no operator: want +, - or =", clause)
	}
	who := clause[:i]
	if who == "" || who == "a" {
		who = "ugo"
	}
	rest := clause[i:]
	for rest != "" {
		op := rest[0]
		end := strings.IndexAny(rest[1:], "+-=")
		perms := rest[1:]
		if end >= 0 {
			perms, rest = rest[1:end+1], rest[end+1:]
		} else {
			rest = ""
		}
		bits, affected, err := permBits(mode, who, perms, dir)
		if err != nil {
			return 0, err
		}
		switch op {
		case '+':
			mode |= bits
		case '-':
			mode &^= bits
		case '=':
			mode = mode&^affected | bits
		}
	}
	return mode, nil
}

func permBits(mode fs.FileMode, who, perms string, dir bool) (bits, affected fs.FileMode, err error) {
	for _, w := range who {
		shift, ok := map[rune]uint{'u': 6, 'g': 3, 'o': 0}[w]
		if !ok {
			return 0, 0, fmt.Errorf("invalid user class %q: want u, g, o or a", string(w))
		}
		affected |= 7 << shift
		switch w {
		case 'u':
			affected |= 0o4000
		case 'g':
			affected |= 0o2000
		}
		for _, p := range perms {
			switch p {
			case 'r', 'w', 'x':
				bits |= map[rune]fs.FileMode{'r': 4, 'w': 2, 'x': 1}[p] << shift
			case 'X':
				if dir || mode&0o111 != 0 {
					bits |= 1 << shift
				}
			case 's':
				bits |= map[rune]fs.FileMode{'u': 0o4000, 'g': 0o2000, 'o': 0}[w]
			case 't':
				bits |= 0o1000
			case 'u', 'g', 'o':
				from := map[rune]uint{'u': 6, 'g': 3, 'o': 0}[p]
				bits |= mode >> from & 7 << shift
			default:
				return 0, 0, fmt.Errorf("invalid permission %q: want r, w, x, X, s or t", string(p))
			}
		}
	}
	return bits, affected, nil
}

// settle sets the attributes of what is there, if they differ.
func settle(c *module.Call, path string, follow bool) error {
	i, err := c.System.Files().Stat(path, follow)
	if err != nil {
		return err
	}
	a, err := attrs(c.Args, i)
	if err != nil || a == (node.Attrs{}) {
		return err
	}
	if !i.Exists() {
		return nil
	}
	return c.System.Files().Set(path, follow, a)
}

func octalMode(m uint32) fs.FileMode { return fs.FileMode(m) }
