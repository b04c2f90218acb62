package jinja

import (
	"fmt"
	"math/big"

	"pig/internal/value"
)

// finish makes the operands what may leave the engine.
func (c *call) finish() (err error) {
	if c.in, err = finalizeStrict(c.in); err != nil {
		return err
	}
	for i, v := range c.rest {
		if c.rest[i], err = finalizeStrict(v); err != nil {
			return err
		}
	}
	if c.kw == nil {
		c.kw = value.NewDict()
	}
	kw, err := finalizeStrict(c.kw)
	if err == nil {
		c.kw = kw.(*value.Dict)
	}
	return err
}

// has tells whether argument i was given.
func (c *call) has(i int) bool { return c.arg[i] != notGiven }

// val is argument i, or dflt.
func (c *call) val(i int, dflt value.Value) value.Value {
	if c.has(i) {
		return c.arg[i]
	}
	return dflt
}

// need is argument i, which must be given.
func (c *call) need(i int) (value.Value, error) {
	if !c.has(i) {
		return nil, fmt.Errorf("missing 1 required positional argument: '%s'", c.p.params[i])
	}
	return c.arg[i], nil
}

// str is argument i as a string, or dflt.
func (c *call) str(i int, dflt string) (string, error) {
	if !c.has(i) {
		return dflt, nil
	}
	if s, ok := value.Plain(c.arg[i]); ok {
		return s, nil
	}
	return "", fmt.Errorf("%s must be a string, not %s", c.p.params[i], typeName(c.arg[i]))
}

// needStr is argument i as a string; it must be given.
func (c *call) needStr(i int) (string, error) {
	if _, err := c.need(i); err != nil {
		return "", err
	}
	return c.str(i, "")
}

// int is argument i as an integer, or dflt.
func (c *call) int(i int, dflt int64) (int64, error) {
	switch v := c.val(i, dflt).(type) {
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
	return 0, fmt.Errorf("%s must be an integer, not %s", c.p.params[i], typeName(c.arg[i]))
}

// size is argument i as a length that is not too large to allocate.
func (c *call) size(i int, dflt int64) (int, error) {
	n, err := c.int(i, dflt)
	if err != nil {
		return 0, err
	}
	if n > maxItems || n < -maxItems {
		return 0, fmt.Errorf("%s is too large", c.p.params[i])
	}
	return int(n), nil
}

// bool is the truth of argument i, or dflt.
func (c *call) bool(i int, dflt bool) (bool, error) {
	if !c.has(i) {
		return dflt, nil
	}
	t, err := truth(c.arg[i])
	return t == true, err
}

// text is the input as text, as Python's str() makes it.
func (c *call) text() string { return str(c.in) }

// str is Python's str() of a settled value.
func str(v value.Value) string {
	if v == nil {
		return "None"
	}
	if done, err := finalize(v); err == nil {
		return value.Str(done)
	}
	return value.Str(v)
}

// number is a number as a float.
func number(v value.Value) (float64, bool) {
	i, f, ok := numeric(v)
	return toFloat(i, f), ok
}

// integer is v as an integer, if it is one.
func integer(v value.Value) (*big.Int, bool) {
	i, _, ok := numeric(v)
	return i, ok && i != nil
}
