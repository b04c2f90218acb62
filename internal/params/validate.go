package params

import (
	"fmt"
	"maps"
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/secret"
	"pig/internal/value"
)

// Validate tells everything that is wrong with an inventory as far as its text shows: misspelt parameters and fields, wrong
// types, identities that are missing or clash, things declared twice. All at once, in the order of the files.
func Validate(inv *inventory.Inventory, checks ...Check) diag.List {
	v := &Validator{Inv: inv, catalog: Load(), used: templateNames(inv), seen: map[string]bool{}, portClaims: map[string][]portClaim{}, kinds: kindsOf(checks)}
	for _, g := range inv.Groups() {
		level := "C"
		if g.Name == "all" {
			level = "G"
		}
		v.place(inv.GroupVars(g), level, len(inv.HostsOf(g)))
	}
	for _, h := range inv.Hosts() {
		v.place(inv.HostVars(h), "I", 1)
	}
	v.groupNames()
	v.identities()
	for i, check := range checks {
		v.turn = i
		check.Rules(v)
	}
	v.vips()
	v.ports()
	v.derivedPasswords()
	v.diags.Sort()
	return v.diags
}

// ValidateExtra tells what is wrong with variables of -e: unknown parameters, and values of the wrong type.
func ValidateExtra(extra *value.Dict, checks ...Check) diag.List {
	v := &Validator{catalog: Load(), seen: map[string]bool{}, kinds: kindsOf(checks)}
	v.place(extra, "A", 1)
	return v.diags
}

// Check is what a product adds: rules of its own, and the kinds of texts that it can judge, such as jmespath.
type Check struct {
	Rules func(v *Validator)
	Kinds map[string]func(text string) error
}

func kindsOf(checks []Check) map[string]func(text string) error {
	all := map[string]func(text string) error{}
	for _, c := range checks {
		maps.Copy(all, c.Kinds)
	}
	return all
}

// Validator collects what is wrong with an inventory. The rules of products add to it.
type Validator struct {
	Inv     *inventory.Inventory
	catalog *Catalog
	used    map[string]bool // names that templates of the inventory mention
	diags   diag.List
	seen    map[string]bool // what was told: hosts of a range share their places

	kinds      map[string]func(text string) error // what products judge
	portClaims map[string][]portClaim             // by host
	vipClaims  []vip
	turn       int // which of the checks has its turn
}

func (v *Validator) Add(d *diag.Diagnostic) {
	if key := d.Error(); !v.seen[key] {
		v.seen[key] = true
		v.diags = append(v.diags, d)
	}
}

// place checks the variables that are set at one place of the inventory, for so many hosts.
func (v *Validator) place(vars *value.Dict, level string, hosts int) {
	for key, val := range vars.All() {
		name := value.KeyText(key)
		pos := vars.KeyPos(key)
		p := v.catalog.Lookup(name)
		if p == nil {
			v.unknownParam(name, pos)
			v.connection(name, val, vars.ValuePos(key))
			continue
		}
		if p.Name != name {
			v.Add(diag.Warnf(pos, "%s is the older name of %s", name, p.Name).WithHint("the older name still works"))
		}
		if p.Unused != "" {
			v.Add(diag.Warnf(pos, "%s has no effect: %s", name, p.Unused))
		}
		v.level(p, name, level, hosts, pos)
		if val == nil {
			v.noValue(p, name, pos)
		}
		v.value(p, name, val, vars.ValuePos(key))
	}
}

// level warns of what belongs to one host and is set for many, and of identities that are set for the whole environment.
func (v *Validator) level(p *Param, name, level string, hosts int, pos diag.Pos) {
	switch {
	case p.Levels == "I" && level != "I" && hosts > 1:
		v.Add(diag.Warnf(pos, "%s is a parameter of a single host, but is set for %d hosts here", name, hosts).
			WithHint("move it to the hosts, as in 10.10.10.10: { %s: ... }", name))
	case p.Identity && level == "G" && p.Levels != "I" && p.Name != "pg_shard" && p.Name != "etcd_cluster":
		v.Add(diag.Warnf(pos, "%s is a parameter of a cluster, but is set for the whole environment here", name).
			WithHint("move it to vars of the group"))
	}
}

// value checks a value of a parameter or field, and all that is inside it.
func (v *Validator) value(p *Param, what string, val value.Value, pos diag.Pos) {
	if val == nil || IsTemplate(val) {
		return
	}
	switch {
	case p.Type.List:
		v.list(p, what, val, pos)
	case p.Type.Map:
		v.mapping(p, what, val, pos)
	default:
		v.one(p, what, val, pos)
	}
}

func (v *Validator) one(p *Param, what string, val value.Value, pos diag.Pos) {
	if p.Type.Object != nil {
		v.object(p.Type.Object, what, val, pos)
		return
	}
	if wrong := v.checkScalar(p, val); wrong != "" {
		if !strings.HasPrefix(wrong, "must ") {
			what += ":"
		}
		v.Add(diag.Errorf(pos, "%s %s", what, wrong).WithRule("invalid-value").WithHint("%s", enumHint(p, val)))
		return
	}
	if s, ok := value.Plain(val); ok && p.Secret {
		v.password(p, what, s, pos)
	}
}

func enumHint(p *Param, val value.Value) string {
	texts := make([]string, len(p.Values))
	for i, allowed := range p.Values {
		texts[i] = value.Str(allowed)
	}
	if s, ok := value.Plain(val); ok {
		return diag.DidYouMean(s, texts)
	}
	return ""
}

func (v *Validator) list(p *Param, what string, val value.Value, pos diag.Pos) {
	l, ok := val.(*value.List)
	if !ok {
		if _, isText := value.Plain(val); isText && p.Type.Object == nil {
			return // Ansible takes a lone text for a list in most places
		}
		v.Add(diag.Errorf(pos, "%s must be a list, not %s", what, shown(p, val)).WithHint("write the value in [ ... ], or put a dash before the value"))
		return
	}
	for i, item := range l.Items {
		at := l.Pos(i)
		if !at.Known() {
			at = pos
		}
		if item == nil {
			v.Add(diag.Errorf(at, "%s[%d] is empty", what, i))
			continue
		}
		v.one(p, fmt.Sprintf("%s[%d]", what, i), item, at)
	}
	if o := p.Type.Object; o != nil && o.Key != "" {
		v.duplicates(o, what, l, pos)
	}
}

func (v *Validator) mapping(p *Param, what string, val value.Value, pos diag.Pos) {
	d, ok := val.(*value.Dict)
	if !ok {
		v.Add(diag.Errorf(pos, "%s must be a mapping, not %s", what, shown(p, val)))
		return
	}
	for key, item := range d.All() {
		v.key(p.Type.Object, what, key, d.KeyPos(key))
		if item != nil && !IsTemplate(item) {
			v.one(p, what+"["+value.KeyText(key)+"]", item, d.ValuePos(key))
		}
	}
}

// key checks a key of a mapping to objects.
func (v *Validator) key(o *ObjectType, what string, key value.Value, pos diag.Pos) {
	if o == nil {
		return
	}
	switch o.Keys {
	case "port":
		switch port, ok := ToInt(key); {
		case !ok || port < 1 || port > 65535:
			v.Add(diag.Errorf(pos, "invalid key %[2]q in %[1]s: want a port", what, value.KeyText(key)))
		case port < 1024:
			v.Add(diag.Errorf(pos, "invalid key %[2]q in %[1]s: only root can use ports below 1024", what, value.KeyText(key)))
		}
	case "label":
		if name := value.KeyText(key); !LabelForm.MatchString(name) {
			v.Add(diag.Errorf(pos, "invalid name of a site %q in %s: must be letters, digits, _, . and -", name, what))
		}
	}
}

func (v *Validator) object(o *ObjectType, what string, val value.Value, pos diag.Pos) {
	d, ok := val.(*value.Dict)
	if !ok {
		if _, isText := value.Plain(val); isText && o.Short != "" {
			return
		}
		v.Add(diag.Errorf(pos, "%s must be a mapping, not %s", what, shown(&Param{Type: Type{Object: o}}, val)))
		return
	}
	for key, item := range d.All() {
		name := value.KeyText(key)
		f := o.Field(name)
		switch {
		case f == nil && o.Open:
		case f == nil:
			v.Add(diag.Errorf(d.KeyPos(key), "unknown field %s in %s", fieldName(name), what).WithHint("%s", diag.DidYouMean(name, o.names())))
		default:
			if f.Name != name {
				v.Add(diag.Warnf(d.KeyPos(key), "%s.%s is the older name of %s", what, name, f.Name).WithHint("the older name still works"))
			}
			v.idle(o, f, what, d.KeyPos(key))
			v.value(f, what+"."+name, item, d.ValuePos(key))
		}
	}
	v.ownName(o, what, d)
	for _, f := range o.Fields {
		if f.Required && !hasField(d, f) {
			v.Add(diag.Errorf(pos, "%s lacks %s", what, f.Name))
		}
	}
}

// idle tells of a field that nothing reads, once for all objects of its kind.
func (v *Validator) idle(o *ObjectType, f *Param, what string, pos diag.Pos) {
	if once := "field " + o.Name + "." + f.Name; f.Unused != "" && !v.seen[once] {
		v.seen[once] = true
		v.Add(diag.Warnf(pos, "%s.%s has no effect: %s", what, f.Name, f.Unused))
	}
}

// fieldName is a key as a message may show it: where the colon is missing, the value is a part of it.
func fieldName(key string) string {
	if first, _, more := strings.Cut(key, " "); more && secret.Named(first) {
		return first + " " + secret.Mask
	}
	return secret.Carrying(key, secret.Inside(key)...).Masked()
}

func hasField(d *value.Dict, f *Param) bool {
	for _, name := range append(f.Was, f.Name) {
		if d.At(name) != nil {
			return true
		}
	}
	return false
}

// duplicates tells objects of one list that have the same name.
func (v *Validator) duplicates(o *ObjectType, what string, l *value.List, pos diag.Pos) {
	first := map[string]diag.Pos{}
	for i, item := range l.Items {
		name, at := objectName(o, item), l.Pos(i)
		if name == "" {
			continue
		}
		if !at.Known() {
			at = pos
		}
		if before, ok := first[name]; ok {
			v.Add(diag.Errorf(at, "%s has %s twice, first at %s", what, name, before))
			continue
		}
		first[name] = at
	}
}

// objectName is the name of an object: its key field, or the text that stands for it.
func objectName(o *ObjectType, item value.Value) string {
	if d, ok := item.(*value.Dict); ok {
		item = d.At(o.Key)
	}
	if item == nil || IsTemplate(item) {
		return ""
	}
	return value.KeyText(item)
}
