// Package params is the catalog of the parameters that an inventory may set: what they mean, where they belong, what
// values they take. Names, types and defaults are Pigsty's.
package params

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"pig"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Param is a parameter, or a field of an object inside one.
type Param struct {
	Name    string
	Module  string // INFRA, NODE, ETCD, MINIO, PGSQL, REDIS, APP; "" for a field
	Section string
	Type    Type
	// Levels are the letters of where it is meant to be set: G all.vars, C variables of a group, I a host, A with -e.
	Levels   string
	Values   []value.Value // of an enum
	Default  value.Value   // nil if there is none
	Secret   bool
	Identity bool   // says what a host is
	Required bool   // of a field
	Min, Max *int64 // bounds of a whole number; nil: none
	Unused   string // why nothing reads it here; "" for those that are read
	// Generated says whose password it is where the inventory writes none: environment, or the identity of the cluster that has
	// its own, such as pg_cluster. "" for what is not generated. BlankUnset tells that an empty text counts as not written.
	Generated  string
	BlankUnset bool
	Known      string // the password that Pigsty sets, which everybody knows; pig never does
	Was        []string
	// Placeholders are the names that ${name} may have in its texts, where it stands for something; in other parameters it is text: a
	// shell variable in a crontab, say. Later are those that only a node or a role can tell.
	Placeholders, Later []string
	Doc                 string
}

// ObjectType is the shape of a mapping inside a parameter.
type ObjectType struct {
	Name   string
	Fields []*Param
	Key    string // the field that tells objects of one list apart, or ""
	Short  string // the field that a bare text in place of the object stands for, or ""
	Open   bool   // takes other fields too
	Keys   string // what the keys of a mapping to such objects are: port or label; "" for anything
	byName map[string]*Param
}

// Field finds a field by its name or by an older one.
func (o *ObjectType) Field(name string) *Param { return o.byName[name] }

// Catalog is all that is known. It does not change.
type Catalog struct {
	Params      []*Param
	Memberships []Membership
	Listeners   []Listener
	Objects     map[string]*ObjectType
	byName      map[string]*Param
	foreign     map[string]bool // names of modules that others materialize
	names       []string        // of Params, in order
}

// Membership says what makes a host a member of a module.
type Membership struct {
	Module  string   // PGSQL
	Cluster string   // the parameter that names its cluster, or ""
	Group   string   // the group that is the cluster, or ""
	Number  string   // the parameter with its number
	Needs   []string // other parameters that every member has
}

// Listener is a parameter that names a port which members of a module listen on, and the parameter that turns it off, or "".
type Listener struct{ Param, Module, Enabled string }

// Lookup finds a parameter by its name or by an older one, or gives nil.
func (c *Catalog) Lookup(name string) *Param { return c.byName[name] }

// Names are the names of all parameters.
func (c *Catalog) Names() []string { return slices.Clone(c.names) }

// Modules are the names of the modules, in order.
func (c *Catalog) Modules() []string {
	var modules []string
	for _, p := range c.Params {
		if !slices.Contains(modules, p.Module) {
			modules = append(modules, p.Module)
		}
	}
	return modules
}

// Load gives the catalog. It is read once.
var Load = sync.OnceValue(func() *Catalog {
	c, err := readCatalog(pig.Content())
	if err != nil {
		panic(fmt.Sprintf("params: the embedded catalog: %v", err)) // a test reads it
	}
	return c
})

// Lookup finds a parameter of the catalog.
func Lookup(name string) *Param { return Load().Lookup(name) }

// Defaults are the defaults of the parameters of the given modules, of all if none is given: variables of the lowest
// precedence. Each call makes new lists and mappings. Generate puts passwords into them.
func Defaults(modules ...string) *value.Dict {
	d := value.NewDict()
	for _, p := range Load().Params {
		if p.Default != nil && (len(modules) == 0 || containsFold(modules, p.Module)) {
			d.Set(p.Name, value.Clone(p.Default))
		}
	}
	return d
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// readCatalog joins the pieces, by their order: that of each product, and what belongs to none.
func readCatalog(content fs.FS) (*Catalog, error) {
	files, err := fs.Glob(content, "internal/products/*/params.yaml")
	if err != nil {
		return nil, err
	}
	c := &Catalog{Objects: map[string]*ObjectType{}, byName: map[string]*Param{}, foreign: map[string]bool{}}
	var roots []*value.Dict
	for _, file := range append(files, "internal/params/catalog.yaml") {
		text, err := fs.ReadFile(content, file)
		if err != nil {
			return nil, err
		}
		v, _, err := yaml.Parse(text, file, yaml.Options{Strict: true})
		if err != nil {
			return nil, err
		}
		root := v.(*value.Dict)
		roots = append(roots, root)
		for name := range objectsOf(root).All() { // objects refer to each other
			c.Objects[name.(string)] = &ObjectType{Name: name.(string), byName: map[string]*Param{}}
		}
	}
	slices.SortStableFunc(roots, func(a, b *value.Dict) int { return cmp.Compare(a.At("order").(int64), b.At("order").(int64)) })
	for _, root := range roots {
		if err := c.readPiece(root); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func objectsOf(root *value.Dict) *value.Dict {
	if d, ok := root.At("objects").(*value.Dict); ok {
		return d
	}
	return value.NewDict()
}

func (c *Catalog) readPiece(root *value.Dict) error {
	module := root.At("module").(string)
	if err := c.readObjects(objectsOf(root)); err != nil {
		return err
	}
	c.readMembers(module, root)
	for section, params := range root.At("parameters").(*value.Dict).All() {
		for name, facts := range params.(*value.Dict).All() {
			p, err := c.readParam(name.(string), facts.(*value.Dict))
			if err != nil {
				return err
			}
			p.Module, p.Section = module, section.(string)
			c.Params = append(c.Params, p)
			c.names = append(c.names, p.Name)
			for _, n := range append(p.Was, p.Name) {
				c.byName[n] = p
			}
		}
	}
	if foreign, ok := root.At("foreign").(*value.Dict); ok {
		for _, names := range foreign.All() {
			c.addForeign(names)
		}
		c.addForeign(root.At("facts"))
	}
	return nil
}

// readMembers reads what makes a host a member of a module, and which ports it listens on.
func (c *Catalog) readMembers(module string, root *value.Dict) {
	if d, ok := root.At("members").(*value.Dict); ok {
		m := Membership{Module: module}
		m.Cluster, _ = d.At("cluster").(string)
		m.Group, _ = d.At("group").(string)
		m.Number, _ = d.At("number").(string)
		if needs, ok := d.At("needs").(*value.List); ok {
			m.Needs = texts(needs)
		}
		c.Memberships = append(c.Memberships, m)
	}
	if d, ok := root.At("ports").(*value.Dict); ok {
		for param, enabled := range d.All() {
			c.Listeners = append(c.Listeners, Listener{param.(string), module, enabled.(string)})
		}
	}
}

func texts(l *value.List) (all []string) {
	for _, item := range l.Items {
		all = append(all, item.(string))
	}
	return all
}

func (c *Catalog) addForeign(names value.Value) {
	for _, n := range names.(*value.List).Items {
		c.foreign[n.(string)] = true
	}
}

func (c *Catalog) readObjects(objects *value.Dict) error {
	for name, facts := range objects.All() {
		o, d := c.Objects[name.(string)], facts.(*value.Dict)
		o.Key, _ = d.At("key").(string)
		o.Short, _ = d.At("short").(string)
		o.Open = d.At("open") == true
		o.Keys, _ = d.At("keys").(string)
		for field, facts := range d.At("fields").(*value.Dict).All() {
			p, err := c.readParam(field.(string), facts.(*value.Dict))
			if err != nil {
				return err
			}
			o.Fields = append(o.Fields, p)
			for _, n := range append(p.Was, p.Name) {
				o.byName[n] = p
			}
		}
	}
	return nil
}

func (c *Catalog) readParam(name string, facts *value.Dict) (*Param, error) {
	p := &Param{Name: name}
	for key, v := range facts.All() {
		switch key {
		case "type":
			t, err := c.parseType(v.(string))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			p.Type = t
		case "level":
			p.Levels = v.(string)
		case "values":
			p.Values = v.(*value.List).Items
		case "default":
			p.Default = v
		case "doc":
			p.Doc = v.(string)
		case "was":
			for _, w := range v.(*value.List).Items {
				p.Was = append(p.Was, w.(string))
			}
		case "placeholders":
			p.Placeholders = texts(v.(*value.List))
		case "later":
			p.Later = texts(v.(*value.List))
		case "min":
			p.Min = number(v)
		case "max":
			p.Max = number(v)
		case "secret":
			p.Secret = v.(bool)
		case "identity":
			p.Identity = v.(bool)
		case "required":
			p.Required = v.(bool)
		case "unused":
			p.Unused = v.(string)
		case "generated":
			p.Generated = v.(string)
		case "blank":
			p.BlankUnset = v == "unset"
		case "known":
			p.Known = v.(string)
		default:
			return nil, fmt.Errorf("%s: unknown fact %s", name, value.KeyText(key))
		}
	}
	return p, nil
}

func number(v value.Value) *int64 {
	n := v.(int64)
	return &n
}
