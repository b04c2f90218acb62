package runtime

import (
	"pig/internal/diag"
	"pig/internal/jinja/plugin"
	"pig/internal/value"
)

// Attr implements env.
func (f *frame) Attr(obj value.Value, name string) (value.Value, error) { return f.attr(obj, name, 0) }

// Item implements env.
func (f *frame) Item(obj, key value.Value) (value.Value, error) { return f.item(obj, key, 0) }

// Method implements env.
func (f *frame) Method(d *value.Dict, name string) (value.Value, bool) {
	return f.method(f.r.s.e.methods.Dict, d, name)
}

// Pos implements env.
func (f *frame) Pos() diag.Pos { return f.pos(0) }

// Filter implements env.
func (f *frame) Filter(name string) *plugin.Plugin { return f.r.s.e.filter(name) }

// Test implements env.
func (f *frame) Test(name string) *plugin.Plugin { return f.r.s.e.test(name) }

// Permit implements env.
func (f *frame) Permit(name, path string) error { return f.r.s.Permit(name, path) }

// Changed implements env.
func (f *frame) Changed() { f.r.s.dirty = true }
