package python

import (
	"fmt"

	"pig/internal/secret"
	"pig/internal/value"
)

// MaxText bounds the length of a text that a template makes.
const MaxText = 1 << 26

// AsText is v as a print shows it, with the secrets that it shows. A container that holds something unknown is unknown.
func AsText(v value.Value) (text string, parts []string, unknown *value.Unknown, err error) {
	switch x := v.(type) {
	case string:
		return x, nil, nil, nil
	case secret.Text:
		return x.Plain(), x.Parts(), nil, nil
	case nil, bool, int64, float64:
		return value.Str(v), nil, nil, nil
	case value.Unknown:
		return "", nil, &x, nil
	case ImplicitElse:
		return "", nil, nil, nil
	}
	done, err := Finalize(v)
	if err != nil {
		return "", nil, nil, err
	}
	var found Survey
	if err := found.Visit(done, 0); err != nil {
		return "", nil, nil, err
	}
	text = value.Str(done)
	if len(text) > MaxText {
		return "", nil, nil, fmt.Errorf("the text is longer than %d bytes", MaxText)
	}
	return text, found.shown(text), found.Unknown, nil
}
