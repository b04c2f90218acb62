package python

import (
	"fmt"
	"math/big"

	"pig/internal/value"
)

// Str is Python's str() of a settled value.
func Str(v value.Value) string {
	if v == nil {
		return "None"
	}
	if done, err := Finalize(v); err == nil {
		return value.Str(done)
	}
	return value.Str(v)
}

// Number is a number as a float.
func Number(v value.Value) (float64, bool) {
	i, f, ok := Numeric(v)
	return ToFloat(i, f), ok
}

// Integer is v as an integer, if it is one.
func Integer(v value.Value) (*big.Int, bool) {
	i, _, ok := Numeric(v)
	return i, ok && i != nil
}

// ToDict is Python's dict(v): a copy of a mapping, or a mapping of pairs.
func ToDict(v value.Value) (*value.Dict, error) {
	switch x := v.(type) {
	case *value.Dict:
		return x, nil
	case Mapping:
		return MappingDict(x)
	}
	pairs, err := ForcedItems(v)
	if err != nil {
		return nil, err
	}
	d := value.NewDict()
	for i, p := range pairs {
		pair, err := ForcedItems(p)
		if err != nil {
			return nil, fmt.Errorf("cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return nil, fmt.Errorf("dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if _, ok := value.Hash(pair[0]); !ok {
			return nil, fmt.Errorf("unhashable type: '%s'", TypeName(pair[0]))
		}
		d.Set(pair[0], pair[1])
	}
	return d, nil
}
