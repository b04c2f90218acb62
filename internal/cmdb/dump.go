package cmdb

import (
	"fmt"

	"pig/internal/secret"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Write gives rows as the text of an inventory: base with what has changed since written into it. Where base is "" or has something in the way, the
// text is made of the rows alone. It is the text of these rows or an error: what was written is read again and compared.
func Write(rows *Rows, base string, keys *Keys) (string, error) {
	was := &Text{Rows: newRows(), groups: map[string][]string{}}
	if base != "" {
		t, err := ReadText("the layout", []byte(base))
		if err == nil {
			was = t
			changes := Compare(t.Rows, rows, keys)
			if len(changes) == 0 {
				return base, nil
			}
			if text, err := patched(t, base, changes, rows, keys); err == nil && readsAs(text, rows, keys) {
				return text, nil
			}
		}
	}
	text, err := plainText(rows, was, keys)
	if err != nil {
		return "", err
	}
	if !readsAs(text, rows, keys) {
		return "", errUnlike
	}
	return text, nil
}

func readsAs(text string, rows *Rows, keys *Keys) bool {
	t, err := ReadText("the text", []byte(text))
	return err == nil && len(Compare(t.Rows, rows, keys)) == 0
}

// patched writes changes into a text.
func patched(t *Text, base string, changes []Change, rows *Rows, keys *Keys) (string, error) {
	var edits []yaml.Edit
	for _, c := range changes {
		if gone(c, changes) {
			continue
		}
		path, err := t.path(c.ID, rows)
		if err != nil {
			return "", err
		}
		e := yaml.Edit{Path: path, Remove: c.After == nil}
		if c.After != nil {
			if e.Value, err = written(c, keys); err != nil {
				return "", err
			}
		}
		edits = append(edits, e)
	}
	text, err := yaml.Patch([]byte(base), edits)
	return string(text), err
}

// gone tells whether a row goes with another one.
func gone(c Change, changes []Change) bool {
	if c.After != nil {
		return false
	}
	for _, o := range changes {
		if o.After == nil && c.under(o.ID) {
			return true
		}
	}
	return false
}

func written(c Change, keys *Keys) (value.Value, error) {
	if c.Before == nil {
		return shaped(nil, c.After.Value, keys)
	}
	return shaped(c.Before.Value, c.After.Value, keys)
}

// path is where a row stands in the text, or is to stand.
func (t *Text) path(id ID, rows *Rows) ([]string, error) {
	if id.Table == tableGlobalVar {
		return []string{everybody, "vars", id.Key}, nil
	}
	at, known := t.groups[id.Group]
	if !known {
		at = t.fresh(id.Group, rows)
	}
	if known && at == nil {
		return nil, fmt.Errorf("group %s not found in the text", id.Group)
	}
	at = at[:len(at):len(at)]
	switch id.Table {
	case tableGroup:
		return at, nil
	case tableChild:
		return append(at, "children", id.Key), nil
	case tableGroupVar:
		return append(at, "vars", id.Key), nil
	case tableHost:
		return append(at, "hosts", id.Host), nil
	}
	return append(at, "hosts", id.Host, id.Key), nil
}

// fresh is where a group that the text does not have is to stand.
func (t *Text) fresh(group string, rows *Rows) []string {
	if group == everybody {
		return []string{everybody}
	}
	parent := rows.parent(group)
	at, known := t.groups[parent]
	if !known {
		at = t.fresh(parent, rows)
	}
	return append(at[:len(at):len(at)], "children", group)
}

// plainText is an inventory that is made of rows, with the spelling of values that an earlier text has.
func plainText(rows *Rows, was *Text, keys *Keys) (string, error) {
	bodies := bodies(rows)
	for _, row := range rows.list {
		var old value.Value
		if o := was.Rows.Get(row.ID); o != nil {
			old = o.Value
		}
		v, err := shaped(old, row.Value, keys)
		if err != nil {
			return "", fmt.Errorf("cannot write %s: %w", row.What(), err)
		}
		group := bodies[everybody]
		if row.Group != "" {
			group = bodies[row.Group]
		}
		if group == nil {
			return "", fmt.Errorf("%s is of no group", row.ID)
		}
		switch row.Table {
		case tableGlobalVar, tableGroupVar:
			section(group, "vars").Set(row.Key, v)
		case tableHost:
			section(section(group, "hosts"), row.Host)
		case tableHostVar:
			section(section(group, "hosts"), row.Host).Set(row.Key, v)
		}
	}
	return yaml.Dump(value.DictOf(everybody, bodies[everybody]), yaml.DumpOptions{Width: 1 << 30, Vault: true}), nil
}

// bodies are the mappings of the groups, each inside the first group that has it as a child, in order.
func bodies(rows *Rows) map[string]*value.Dict {
	all := map[string]*value.Dict{everybody: value.NewDict()}
	for _, row := range rows.list {
		if row.Table == tableGroup && row.Group != everybody {
			all[row.Group] = value.NewDict()
			if rows.parent(row.Group) == everybody {
				section(all[everybody], "children").Set(row.Group, all[row.Group])
			}
		}
	}
	for _, row := range rows.list {
		if row.Table != tableChild || row.Group == everybody || all[row.Group] == nil {
			continue
		}
		body := value.NewDict()
		if rows.parent(row.Key) == row.Group {
			body = all[row.Key]
		}
		section(all[row.Group], "children").Set(row.Key, body)
	}
	return all
}

// parent is the group that a group is written in.
func (r *Rows) parent(group string) string {
	if r.at[ID{Table: tableChild, Group: everybody, Key: group}] != nil {
		return everybody
	}
	for _, row := range r.list {
		if row.Table == tableChild && row.Key == group {
			return row.Group
		}
	}
	return everybody
}

func section(d *value.Dict, name string) *value.Dict {
	if s, ok := d.At(name).(*value.Dict); ok {
		return s
	}
	s := value.NewDict()
	d.Set(name, s)
	return s
}

// shaped is a value of the tables with what jsonb does not keep: what an older value of the text has that is the same, the order of its keys, keys that
// are numbers, secrets in the clear where they stood so.
func shaped(old, now value.Value, keys *Keys) (value.Value, error) {
	if old != nil && keys.same(old, now) {
		return old, nil
	}
	switch now := now.(type) {
	case secret.Text:
		return keys.written(old, now)
	case *value.Dict:
		return shapedDict(old, now, keys)
	case *value.List:
		olds, _ := items(old)
		out := value.NewList()
		for i, item := range now.Items {
			v, err := shaped(likeliest(olds, i, item, keys), item, keys)
			if err != nil {
				return nil, err
			}
			out.Append(v)
		}
		return out, nil
	}
	return now, nil
}

// written is a secret as a text has it: in the clear if the key is there and the text had it so, or if YAML has no form for the seal.
func (k *Keys) written(old value.Value, now secret.Text) (value.Value, error) {
	was, isSecret := old.(secret.Text)
	if plain, ok := k.clear(now); ok && (!isSecret || !IsSealed(was.Plain())) {
		return secret.New(plain), nil
	}
	if yamlHas(now.Plain()) {
		return now, nil
	}
	plain, err := k.Open(now.Plain())
	return secret.New(plain), err
}

func yamlHas(text string) bool { return !IsSealed(text) || text[0] == '$' }

// likeliest is the item of an older list that an item most likely comes from: the same one, that of the same name, or that at its place.
func likeliest(olds []value.Value, i int, item value.Value, keys *Keys) value.Value {
	for _, o := range olds {
		if keys.same(o, item) {
			return o
		}
	}
	if d, ok := item.(*value.Dict); ok {
		for _, name := range []string{"name", "title", "username"} {
			for _, o := range olds {
				if od, ok := o.(*value.Dict); ok && d.Has(name) && od.Has(name) && keys.same(od.At(name), d.At(name)) {
					return o
				}
			}
		}
		if d.Has("name") {
			return nil
		}
	}
	if i < len(olds) {
		return olds[i]
	}
	return nil
}

func shapedDict(old value.Value, now *value.Dict, keys *Keys) (value.Value, error) {
	out := value.NewDict()
	left := byText(now)
	numbers := now.Len() > 0
	was, _ := old.(*value.Dict)
	if was != nil {
		for key, v := range was.All() {
			text := value.KeyText(key)
			_, isNumber := key.(int64)
			numbers = numbers && isNumber
			item, still := left[text]
			if !still {
				continue
			}
			shape, err := shaped(v, item, keys)
			if err != nil {
				return nil, err
			}
			out.Set(key, shape)
			delete(left, text)
		}
	}
	for key, item := range now.All() {
		text := value.KeyText(key)
		if _, fresh := left[text]; !fresh {
			continue
		}
		shape, err := shaped(nil, item, keys)
		if err != nil {
			return nil, err
		}
		out.Set(numberKey(text, numbers), shape)
	}
	return out, nil
}

// numberKey is a key that was a number before jsonb made a text of it: where all keys of the older mapping are numbers, or there is none.
func numberKey(text string, numbers bool) value.Value {
	if numbers {
		if v, err := yaml.Plain(text); err == nil {
			if n, ok := v.(int64); ok && value.KeyText(n) == text {
				return n
			}
		}
	}
	return text
}
