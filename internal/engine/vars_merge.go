package engine

import "pig/internal/value"

// merged is a mapping with those that the weaker levels have under the same key below it, down to the first that has something else there.
func (l *layers) merged(key value.Value, top *value.Dict, trusted bool, below []layer) (*value.Dict, bool) {
	parts := []layer{{vars: top, trusted: trusted}}
	for _, level := range below {
		v, ok := level.vars.Get(key)
		if !ok {
			continue
		}
		d, isDict := v.(*value.Dict)
		if !isDict {
			break
		}
		parts = append(parts, layer{vars: d, trusted: level.trusted})
	}
	if len(parts) == 1 {
		return top, trusted
	}
	all := value.NewDict()
	for i := len(parts) - 1; i >= 0; i-- {
		d := parts[i].vars
		if !parts[i].trusted { // its texts stay no templates among those that are
			d, _ = untemplated(d).(*value.Dict)
		}
		all = value.Merged(all, d)
	}
	return all, true
}
