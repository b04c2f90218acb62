package python

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"pig/internal/value"
)

// ReadJSON is Python's json.loads: the order of mappings is kept, whole numbers are integers of any size.
func ReadJSON(text string) (value.Value, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	v, err := readJSONValue(dec, 0)
	if err != nil {
		if v, ok := jsonConstant(text); ok {
			return v, nil
		}
		return nil, jsonError(text, dec, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("Extra data: %s", linePlace(text, dec.InputOffset()))
	}
	return v, nil
}

func jsonConstant(text string) (value.Value, bool) {
	switch strings.TrimSpace(text) {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	return nil, false
}

func jsonError(text string, dec *json.Decoder, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("Expecting value: %s", linePlace(text, dec.InputOffset()))
	}
	return fmt.Errorf("%s: %s", strings.TrimPrefix(err.Error(), "json: "), linePlace(text, dec.InputOffset()))
}

func linePlace(text string, offset int64) string {
	before := []byte(text)[:min(int(offset), len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	col := len(before) - bytes.LastIndexByte(before, '\n')
	return "line " + strconv.Itoa(line) + " column " + strconv.Itoa(col) + " (char " + strconv.Itoa(len(before)) + ")"
}

func readJSONValue(dec *json.Decoder, depth int) (value.Value, error) {
	if depth > MaxNesting {
		return nil, fmt.Errorf("lists and mappings are nested too deeply")
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := tok.(type) {
	case json.Number:
		return jsonNumber(string(t))
	case json.Delim:
		if t == '[' {
			return readJSONList(dec, depth)
		}
		return readJSONDict(dec, depth)
	}
	return tok, nil // nil, bool, string
}

func jsonNumber(s string) (value.Value, error) {
	if strings.ContainsAny(s, ".eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil, err
		}
		return f, nil
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, nil
	}
	i, ok := new(big.Int).SetString(s, 10)
	if !ok || i.BitLen() > MaxBits {
		return nil, fmt.Errorf("invalid number")
	}
	return i, nil
}

func readJSONList(dec *json.Decoder, depth int) (value.Value, error) {
	l := value.NewList()
	for dec.More() {
		v, err := readJSONValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		l.Append(v)
	}
	_, err := dec.Token()
	return l, err
}

func readJSONDict(dec *json.Decoder, depth int) (value.Value, error) {
	d := value.NewDict()
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := readJSONValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		d.Set(k, v)
	}
	_, err := dec.Token()
	return d, err
}
