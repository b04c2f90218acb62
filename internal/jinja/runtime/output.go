package runtime

import (
	"fmt"
	"strconv"

	"pig/internal/jinja/python"
	"pig/internal/secret"
	"pig/internal/value"
)

// output collects what a template prints. One single value stays what it is; more are joined to a text.
type output struct {
	first value.Value
	n     int // how many values; nothing is printed for None
	buf   []byte
	parts []string // the secrets in buf
	// spoilt is the first undefined or unknown value: the whole result is that.
	spoilt value.Value
}

func (o *output) data(text string) {
	if o.n == 0 {
		o.first = text
	} else {
		if o.n == 1 {
			o.join()
		}
		o.buf = append(o.buf, text...)
	}
	o.n++
}

// add prints a value that is neither lazy nor a view (see python.Finalize).
func (o *output) add(f *frame, v value.Value) error {
	switch x := v.(type) {
	case nil:
		return nil
	case value.Unknown:
		if o.spoilt == nil {
			o.spoilt = x
		}
		return nil
	case value.Undefined:
		if _, unknown := o.spoilt.(value.Unknown); unknown || o.spoilt == nil {
			o.spoilt = x
		}
		return nil
	case string:
		o.data(x)
		return o.check()
	}
	if o.n == 0 {
		o.first = v
		o.n = 1
		return nil
	}
	if o.n == 1 {
		o.join()
	}
	o.n++
	if err := o.text(v); err != nil {
		return err
	}
	return o.check()
}

func (o *output) check() error {
	if len(o.buf) > python.MaxText {
		return fmt.Errorf("the text is longer than %d bytes", python.MaxText)
	}
	return nil
}

// join makes the single value so far the start of a text.
func (o *output) join() {
	first := o.first
	o.first = nil
	if s, ok := first.(string); ok {
		o.buf = append(make([]byte, 0, 2*len(s)+64), s...)
		return
	}
	if err := o.text(first); err != nil && o.spoilt == nil {
		if u, ok := python.AsUndefined(err); ok {
			o.spoilt = u
		}
	}
}

// text appends v as text.
func (o *output) text(v value.Value) error {
	if i, ok := v.(int64); ok {
		o.buf = strconv.AppendInt(o.buf, i, 10)
		return nil
	}
	text, parts, unknown, err := python.AsText(v)
	if err != nil {
		return err
	}
	if unknown != nil && o.spoilt == nil {
		o.spoilt = *unknown
	}
	o.buf = append(o.buf, text...)
	o.parts = append(o.parts, parts...)
	return nil
}

// result is what was printed.
func (o *output) result() value.Value {
	switch {
	case o.spoilt != nil:
		return o.spoilt
	case o.n == 0:
		return nil
	case o.n == 1:
		return o.first
	case len(o.parts) > 0:
		return secret.Carrying(string(o.buf), o.parts...)
	}
	return string(o.buf)
}
