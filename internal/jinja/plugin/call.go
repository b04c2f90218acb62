package plugin

import (
	"fmt"

	"pig/internal/diag"
	"pig/internal/value"
)

// Env is what a plugin may ask of the evaluation that uses it.
type Env interface {
	// Attr is obj.name, and Item obj[key], as a template sees them.
	Attr(obj value.Value, name string) (value.Value, error)
	Item(obj, key value.Value) (value.Value, error)
	// Method is a method of a mapping, bound to it; ok is false if mappings have none of that name.
	Method(d *value.Dict, name string) (method value.Value, ok bool)
	// Pos is where the template starts.
	Pos() diag.Pos
	// Filter and Test are those of a name, or nil.
	Filter(name string) *Plugin
	Test(name string) *Plugin
	// Permit refuses a file of this machine that a node chose: name as the template has it, path as it is found.
	Permit(name, path string) error
	// Changed notes that a template changes a list or mapping, so that what was remembered of variables is dropped.
	Changed()
}

// Call is one use of a plugin.
type Call struct {
	Env    Env
	Plugin *Plugin
	In     value.Value
	Arg    []value.Value // by parameter; NotGiven where there is none
	Rest   []value.Value
	KW     *value.Dict // other keywords, or nil
}

// Absent is the type of NotGiven.
type Absent struct{}

// NotGiven is an argument that was left out.
var NotGiven value.Value = Absent{}

func (c *Call) bind(args []value.Value, kw *value.Dict) error {
	if c.Plugin.named > 0 {
		c.Arg = make([]value.Value, c.Plugin.named)
	}
	n := copy(c.Arg, args)
	for i := n; i < len(c.Arg); i++ {
		c.Arg[i] = NotGiven
	}
	if n < len(args) {
		if !c.Plugin.star {
			return fmt.Errorf("takes at most %d arguments but %d were given", c.Plugin.named+1, len(args)+1)
		}
		c.Rest = args[n:]
	}
	if kw == nil {
		return nil
	}
	for k, v := range kw.All() {
		if err := c.bindNamed(c.Plugin.params[:c.Plugin.named], k, v, n, c.Plugin.starStar); err != nil {
			return err
		}
	}
	return nil
}

func (c *Call) bindNamed(params []string, k, v value.Value, given int, starStar bool) error {
	for i, p := range params {
		if p == k {
			if i < given {
				return fmt.Errorf("got multiple values for argument '%s'", p)
			}
			c.Arg[i] = v
			return nil
		}
	}
	if !starStar {
		return fmt.Errorf("got an unexpected keyword argument '%s'", value.Display(k))
	}
	if c.KW == nil {
		c.KW = value.NewDict()
	}
	c.KW.Set(k, v)
	return nil
}
