// Package plugin is the shape of filters, tests and methods: a Table has them by name, a Call is one use of one, and Use holds
// for all of them what they need not care for: undefined and unknown operands, secrets, the wording of errors.
//
//	t := plugin.Table{}
//	t.Add("twice", "", 0, func(c *plugin.Call) (value.Value, error) { return c.Text() + c.Text(), nil })
package plugin
