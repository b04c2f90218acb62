package value

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"

	"pig/internal/secret"
)

// JSON is v as compact JSON for machines to read: secrets are masked, unknown values are their text, and what JSON does
// not know is told as text.
func JSON(v Value) []byte { return appendJSON(nil, v, true) }

// PlainJSON is JSON with secrets in the clear: for what acts on a node, never for what is shown or kept.
func PlainJSON(v Value) []byte { return appendJSON(nil, v, false) }

func appendJSON(b []byte, v Value, mask bool) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case *big.Int:
		return append(b, v.String()...)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) { // JSON has no such numbers: the whole document would be none
			return appendJSONString(b, FloatText(v))
		}
		return append(b, FloatText(v)...)
	case secret.Text:
		if mask {
			return appendJSONString(b, secret.Mask)
		}
		return appendJSONString(b, v.Plain())
	case *List:
		return appendJSONItems(b, v.Items, mask)
	case Tuple:
		return appendJSONItems(b, v, mask)
	case *Dict:
		b = append(b, '{')
		first := true
		for k, item := range v.All() {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(appendJSONString(b, KeyText(k)), ':')
			b = appendJSON(b, item, mask)
		}
		return append(b, '}')
	}
	return appendJSONString(b, Str(v))
}

func appendJSONItems(b []byte, items []Value, mask bool) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, item, mask)
	}
	return append(b, ']')
}

func appendJSONString(b []byte, s string) []byte {
	q, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...)
	}
	return append(b, q...)
}
