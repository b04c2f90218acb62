package runtime

import (
	"pig/internal/diag"
	"pig/internal/jinja/plugin"
	"pig/internal/value"
)

// Attr implements plugin.Env.
func (f *frame) Attr(obj value.Value, name string) (value.Value, error) { return f.attr(obj, name, 0) }

// Item implements plugin.Env.
func (f *frame) Item(obj, key value.Value) (value.Value, error) { return f.item(obj, key, 0) }

// Method implements plugin.Env.
func (f *frame) Method(d *value.Dict, name string) (value.Value, bool) {
	return f.method(f.r.s.e.methods.Dict, d, name)
}

// Pos implements plugin.Env.
func (f *frame) Pos() diag.Pos { return f.pos(0) }

// Filter implements plugin.Env.
func (f *frame) Filter(name string) *plugin.Plugin { return f.r.s.e.filter(name) }

// Test implements plugin.Env.
func (f *frame) Test(name string) *plugin.Plugin { return f.r.s.e.test(name) }

// Permit implements plugin.Env.
func (f *frame) Permit(name, path string) error { return f.r.s.Permit(name, path) }

// Changed implements plugin.Env.
func (f *frame) Changed() { f.r.s.dirty = true }
