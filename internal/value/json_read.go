package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
)

var errTrailing = errors.New("there is more after the JSON value")

// ParseJSON reads JSON, keeping the order of keys.
func ParseJSON(text []byte) (Value, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	v, err := readJSON(dec)
	if err != nil {
		return nil, err
	}
	if dec.More() {
		return nil, errTrailing
	}
	return v, nil
}

func readJSON(dec *json.Decoder) (Value, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return readJSONArray(dec)
		}
		return readJSONObject(dec)
	case json.Number:
		return jsonNumber(string(t)), nil
	case string:
		return t, nil
	case bool:
		return t, nil
	}
	return nil, nil
}

func readJSONArray(dec *json.Decoder) (Value, error) {
	l := NewList()
	for dec.More() {
		v, err := readJSON(dec)
		if err != nil {
			return nil, err
		}
		l.Append(v)
	}
	_, err := dec.Token()
	return l, err
}

func readJSONObject(dec *json.Decoder) (Value, error) {
	d := NewDict()
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := readJSON(dec)
		if err != nil {
			return nil, err
		}
		d.Set(k.(string), v) //nolint:forcetypeassert // a key of an object is a string, or Token fails
	}
	_, err := dec.Token()
	return d, err
}

func jsonNumber(s string) Value {
	if !strings.ContainsAny(s, ".eE") {
		if i, ok := new(big.Int).SetString(s, 10); ok {
			return Int(i)
		}
	}
	f, _, err := big.ParseFloat(s, 10, 64, big.ToNearestEven)
	if err != nil {
		return s
	}
	x, _ := f.Float64()
	return x
}
