package value

import "testing"

func TestANilDictIsEmpty(t *testing.T) {
	t.Parallel()
	var d *Dict
	if d.Len() != 0 || d.Has("a") || d.At("a") != nil || d.Delete("a") || d.KeyPos("a").Known() || d.ValuePos("a").Known() || len(d.Keys())+len(d.StringKeys()) != 0 {
		t.Error("a nil dict has something")
	}
	c := d.Clone()
	c.Set("a", int64(1))
	if c.Len() != 1 {
		t.Errorf("a clone of a nil dict has %d entries", c.Len())
	}
}
