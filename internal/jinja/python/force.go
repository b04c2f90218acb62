package python

import (
	"pig/internal/value"
)

// Force is v, rendered if it had not been yet.
func Force(v value.Value) (value.Value, error) {
	for {
		l, ok := v.(value.Lazy)
		if !ok {
			return v, nil
		}
		var err error
		if v, err = l.Force(); err != nil {
			return nil, err
		}
	}
}

// forceDeep is Force, and makes an ordinary mapping of a Mapping. changed tells whether v was anything else.
func forceDeep(v value.Value) (forced value.Value, changed bool, err error) {
	_, changed = v.(value.Lazy)
	if v, err = Force(v); err != nil {
		return nil, false, err
	}
	if m, ok := v.(Mapping); ok {
		v, err = Finalize(m)
		changed = true
	}
	return v, changed, err
}
