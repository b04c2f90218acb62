package plugin

import (
	"fmt"

	"pig/internal/jinja/python"
	"pig/internal/value"
)

// Finish makes the operands what may leave the engine.
func (c *Call) Finish() (err error) {
	if c.In, err = python.FinalizeStrict(c.In); err != nil {
		return err
	}
	for i, v := range c.Rest {
		if c.Rest[i], err = python.FinalizeStrict(v); err != nil {
			return err
		}
	}
	if c.KW == nil {
		c.KW = value.NewDict()
	}
	kw, err := python.FinalizeStrict(c.KW)
	if err == nil {
		c.KW = kw.(*value.Dict)
	}
	return err
}

// Has tells whether argument i was given.
func (c *Call) Has(i int) bool { return c.Arg[i] != NotGiven }

// Val is argument i, or dflt.
func (c *Call) Val(i int, dflt value.Value) value.Value {
	if c.Has(i) {
		return c.Arg[i]
	}
	return dflt
}

// Need is argument i, which must be given.
func (c *Call) Need(i int) (value.Value, error) {
	if !c.Has(i) {
		return nil, fmt.Errorf("missing 1 required positional argument: '%s'", c.Plugin.params[i])
	}
	return c.Arg[i], nil
}

// Str is argument i as a string, or dflt.
func (c *Call) Str(i int, dflt string) (string, error) {
	if !c.Has(i) {
		return dflt, nil
	}
	if s, ok := value.Plain(c.Arg[i]); ok {
		return s, nil
	}
	return "", fmt.Errorf("%s must be a string, not %s", c.Plugin.params[i], python.TypeName(c.Arg[i]))
}

// NeedStr is argument i as a string; it must be given.
func (c *Call) NeedStr(i int) (string, error) {
	if _, err := c.Need(i); err != nil {
		return "", err
	}
	return c.Str(i, "")
}

// Int is argument i as an integer, or dflt.
func (c *Call) Int(i int, dflt int64) (int64, error) {
	switch v := c.Val(i, dflt).(type) {
	case int64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case float64:
		if v == float64(int64(v)) {
			return int64(v), nil
		}
	case nil:
		return dflt, nil
	}
	return 0, fmt.Errorf("%s must be an integer, not %s", c.Plugin.params[i], python.TypeName(c.Arg[i]))
}

// Size is argument i as a length that is not too large to allocate.
func (c *Call) Size(i int, dflt int64) (int, error) {
	n, err := c.Int(i, dflt)
	if err != nil {
		return 0, err
	}
	if n > python.MaxItems || n < -python.MaxItems {
		return 0, fmt.Errorf("%s is too large", c.Plugin.params[i])
	}
	return int(n), nil
}

// Bool is the truth of argument i, or dflt.
func (c *Call) Bool(i int, dflt bool) (bool, error) {
	if !c.Has(i) {
		return dflt, nil
	}
	t, err := python.Truth(c.Arg[i])
	return t == true, err
}

// Text is the input as text, as Python's str() makes it.
func (c *Call) Text() string { return python.Str(c.In) }
