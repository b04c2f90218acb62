package playbook

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

func readLoop(d *value.Dict) (*Loop, error) {
	loop := &Loop{LoopVar: "item", AllItems: true}
	found := false
	for key, v := range d.All() {
		name := value.KeyText(key)
		with, isWith := strings.CutPrefix(name, "with_")
		if name != "loop" && !isWith {
			continue
		}
		if found {
			return nil, diag.Errorf(d.KeyPos(key), "a task has only one loop")
		}
		found = true
		loop.Items, loop.Pos = v, d.ValuePos(key)
		if isWith {
			loop.With = with
		}
	}
	control := d.At("loop_control")
	if !found {
		if control != nil {
			return nil, diag.Errorf(d.KeyPos("loop_control"), "loop_control without a loop")
		}
		return nil, nil
	}
	if control == nil {
		return loop, nil
	}
	c, ok := control.(*value.Dict)
	if !ok {
		return nil, diag.Errorf(d.ValuePos("loop_control"), "loop_control is a mapping, and this is %s", describe(control))
	}
	return loop, loop.control(c)
}

func (loop *Loop) control(c *value.Dict) error {
	for key, v := range c.All() {
		pos := c.ValuePos(key)
		var err error
		switch name := value.KeyText(key); name {
		case "loop_var":
			loop.LoopVar, err = variable(v, pos)
		case "index_var":
			loop.IndexVar, err = variable(v, pos)
		case "label":
			loop.Label = v
		case "pause":
			loop.Pause = v
		case "extended":
			loop.Extended, err = flagOf(v, pos, name)
		case "extended_allitems":
			loop.AllItems, err = flagOf(v, pos, name)
		case "break_when":
			loop.BreakIf = v
		default:
			return unknownKeyword(name, c.KeyPos(key), map[string]bool{
				"loop_var": true, "index_var": true, "label": true, "pause": true, "extended": true, "extended_allitems": true, "break_when": true,
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// variable reads the name of a variable, which is no template: it is needed before anything is rendered.
func variable(v value.Value, pos diag.Pos) (string, error) {
	name, ok := value.Plain(v)
	if !ok || !identifier(name) {
		return "", diag.Errorf(pos, "invalid variable %s: want a name of letters, digits and underscores", value.Repr(v))
	}
	return name, nil
}
