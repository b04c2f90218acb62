package cmdb

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/secret"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Text is a YAML inventory as rows, with where each of them stands in it.
type Text struct {
	Rows *Rows
	root *value.Dict
	// groups are the paths of keys to the groups: where a group is found first.
	groups map[string][]string
	lines  []string
	// visit, if there is one, is told of each row's place: the mapping that has it, and the key.
	visit func(id ID, in *value.Dict, key value.Value)
}

// ReadText reads a YAML inventory. Vaults in it stay as they are.
func ReadText(file string, text []byte) (*Text, error) {
	if bytes.HasPrefix(text, []byte("$ANSIBLE_VAULT;")) {
		return nil, diag.Errorf(diag.Pos{File: file}, "cannot load an inventory that is encrypted as a whole").WithHint("decrypt the file first: secrets are encrypted value by value")
	}
	asIs := func(sealed string) (string, error) { return strings.TrimSpace(sealed), nil }
	if _, _, err := inventory.LoadText(file, text, inventory.Options{Vault: asIs}); err != nil {
		return nil, err
	}
	v, _, err := yaml.Parse(text, file, yaml.Options{Vault: asIs})
	if err != nil {
		return nil, err
	}
	root, ok := v.(*value.Dict)
	if !ok {
		return nil, diag.Errorf(diag.Pos{File: file}, "invalid inventory: want a mapping of groups")
	}
	t := &Text{Rows: newRows(), root: root, groups: map[string][]string{}, lines: strings.Split(string(text), "\n")}
	t.walk()
	return t, nil
}

func (t *Text) walk() {
	for name, body := range t.root.All() {
		t.group(value.KeyText(name), body, t.root, name, nil)
	}
	t.Rows.normalize()
}

func (t *Text) add(row Row, in *value.Dict, key value.Value) {
	if t.visit != nil {
		t.visit(row.ID, in, key)
		return
	}
	if _, hidden := row.Value.(secret.Text); row.Comment == "" && in != nil && !hidden { // what is said of a password may be its predecessor
		row.Comment = t.comment(in.KeyPos(key).Line)
	}
	t.Rows.Set(row)
}

func (t *Text) group(name string, body value.Value, in *value.Dict, key value.Value, path []string) {
	path = append(slices.Clone(path), name)
	if _, known := t.groups[name]; !known || t.groups[name] != nil && body != nil && len(t.bodyAt(t.groups[name])) == 0 {
		t.groups[name] = path
	}
	t.add(Row{ID: ID{Table: tableGroup, Group: name}}, in, key)
	sections, ok := body.(*value.Dict)
	if !ok {
		return
	}
	for section, content := range sections.All() {
		switch section {
		case "vars":
			t.vars(name, content)
		case "hosts":
			t.hosts(name, named(content, sections, section))
		case "children":
			for child, below := range named(content, sections, section).All() {
				t.group(value.KeyText(child), below, mappingOf(content), child, append(path, "children"))
				t.add(Row{ID: ID{Table: tableChild, Group: name, Key: value.KeyText(child)}}, nil, nil)
			}
		}
	}
}

// bodyAt is the mapping of a group at a path, empty if there is none.
func (t *Text) bodyAt(path []string) []value.Value {
	var at value.Value = t.root
	for _, key := range path {
		d, ok := at.(*value.Dict)
		if !ok {
			return nil
		}
		at = d.At(key)
	}
	if d, ok := at.(*value.Dict); ok {
		return d.Keys()
	}
	return nil
}

func mappingOf(v value.Value) *value.Dict {
	d, _ := v.(*value.Dict)
	return d
}

// named is a section as a mapping: Ansible allows a lone name in its place.
func named(v value.Value, in *value.Dict, key value.Value) *value.Dict {
	switch v := v.(type) {
	case *value.Dict:
		return v
	case string:
		d := value.NewDict()
		d.SetAt(v, nil, in.ValuePos(key), in.ValuePos(key))
		return d
	}
	return value.NewDict()
}

// varName is the name of a variable: text, whatever YAML took it for.
func varName(key value.Value) string {
	if s, ok := value.Plain(key); ok {
		return s
	}
	return value.KeyText(key)
}

func (t *Text) vars(group string, v value.Value) {
	vars, ok := v.(*value.Dict)
	if !ok {
		return
	}
	protected := params.Protect(vars)
	for key, val := range protected.All() {
		id := ID{Table: tableGroupVar, Group: group, Key: varName(key)}
		if group == everybody {
			id = ID{Table: tableGlobalVar, Key: varName(key)}
		}
		t.add(Row{ID: id, Value: val}, vars, key)
	}
}

func (t *Text) hosts(group string, hosts *value.Dict) {
	for key, v := range hosts.All() {
		names, port, err := inventory.ExpandHosts(value.KeyText(key))
		if err != nil {
			continue // told when the text was read
		}
		vars, _ := v.(*value.Dict)
		for _, name := range names {
			t.add(Row{ID: ID{Table: tableHost, Group: group, Host: name}}, hosts, key)
			if port > 0 {
				t.add(Row{ID: ID{Table: tableHostVar, Group: group, Host: name, Key: "ansible_port"}, Value: int64(port)}, nil, nil)
			}
			if vars == nil {
				continue
			}
			protected := params.Protect(vars)
			for k, val := range protected.All() {
				t.add(Row{ID: ID{Table: tableHostVar, Group: group, Host: name, Key: varName(k)}, Value: val}, vars, k)
			}
		}
	}
}

// comment is what is said of the key on a line: behind it, and in the lines above that are nothing else.
func (t *Text) comment(line int) string {
	if line < 1 || line > len(t.lines) {
		return ""
	}
	var said []string
	for i := line - 2; i >= 0; i-- {
		text := strings.TrimSpace(t.lines[i])
		if !strings.HasPrefix(text, "#") {
			break
		}
		said = append(said, remark(text))
	}
	slices.Reverse(said)
	if m := behind.FindStringSubmatch(t.lines[line-1]); m != nil {
		said = append(said, remark(m[1]))
	}
	return strings.TrimSpace(strings.Join(said, "\n"))
}

var behind = regexp.MustCompile(`^[^"'#]*(?:"[^"]*"[^"'#]*|'[^']*'[^"'#]*)*\s(#.*)$`)

func remark(text string) string { return strings.TrimSpace(strings.Trim(text, "#- ")) }

// told are words of a comment that may be a secret: a password that is commented out.
var told = regexp.MustCompile(`([A-Za-z0-9_.-]+)["']?\s*[:=]\s*\S`)

// secretive tells whether a comment may hold a secret.
func secretive(comment string) bool {
	if len(secret.Inside(comment)) > 0 {
		return true
	}
	for _, m := range told.FindAllStringSubmatch(comment, -1) {
		if params.IsSecret(m[1]) {
			return true
		}
	}
	return false
}

// Secrets tells how many rows hold a secret in the clear, and the first of them.
func (r *Rows) Secrets() (n int, first ID) {
	for _, row := range r.list {
		if hasClear(row.Value) {
			if n == 0 {
				first = row.ID
			}
			n++
		}
	}
	return n, first
}

// SecretComment is the first line with a comment that may hold a secret, 0 if there is none.
func (t *Text) SecretComment() int {
	for i, line := range t.lines {
		if at := strings.IndexByte(line, '#'); at >= 0 && secretive(line[at:]) {
			return i + 1
		}
	}
	return 0
}

// Place is where the text has a row.
func (t *Text) Place(id ID) (pos diag.Pos) {
	t.each(func(row ID, in *value.Dict, key value.Value) {
		if row == id && in != nil {
			pos = in.KeyPos(key)
		}
	})
	return pos
}

func (t *Text) each(visit func(ID, *value.Dict, value.Value)) {
	o := *t
	o.visit, o.Rows, o.groups = visit, newRows(), map[string][]string{}
	o.walk()
}

var errUnlike = errors.New("the written text differs from the tables when it is read again")
