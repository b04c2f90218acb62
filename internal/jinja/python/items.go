package python

import (
	"fmt"

	"pig/internal/value"
)

// Items are the elements of v one by one, as a loop sees them. They may be lazy.
func Items(v value.Value) ([]value.Value, error) {
	switch x := v.(type) {
	case *value.List:
		return x.Items, nil
	case value.Tuple:
		return x, nil
	case *value.Dict:
		return x.Keys(), nil
	case Iterable:
		return x.Iterate()
	case Mapping:
		return x.Keys(), nil
	case value.Undefined:
		return nil, UsedUndefined(x)
	case value.Unknown:
		return nil, &UnknownError{Value: x}
	case ImplicitElse:
		return nil, nil
	case value.Bytes:
		list := make([]value.Value, len(x))
		for i, b := range x {
			list[i] = int64(b)
		}
		return list, nil
	}
	if text, ok := value.Plain(v); ok {
		list := make([]value.Value, 0, len(text))
		for _, r := range text {
			list = append(list, Tainted(string(r), v))
		}
		return list, nil
	}
	return nil, fmt.Errorf("'%s' object is not iterable", TypeName(v))
}

// ForcedItems are the elements of v, each rendered.
func ForcedItems(v value.Value) ([]value.Value, error) {
	list, err := Items(v)
	if err != nil {
		return nil, err
	}
	out := make([]value.Value, len(list))
	for i, item := range list {
		if out[i], err = Force(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}
