package yaml

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"pig/internal/diag"
	"pig/internal/value"
)

// parseIfJSON reads text as JSON if it looks like it and is, and tells the keys that are there twice.
func parseIfJSON(text []byte, file string, opts Options) (v value.Value, twice diag.List, ok bool) {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if len(trimmed) == 0 || (trimmed[0] != '{' && trimmed[0] != '[') {
		return nil, nil, false
	}
	p := newJSONParser(text, file)
	p.twice = func(key value.Value, at, first diag.Pos) {
		d := opts.twice(key, at, first)
		hush(d, text, opts.Secret)
		twice = append(twice, d)
	}
	v, err := p.whole()
	return v, twice, err == nil
}

// ParseJSON reads one JSON text. Mappings keep their order, places are kept, and of duplicate keys the last wins. A fault
// of the text is a *diag.Diagnostic.
func ParseJSON(text []byte, file string) (value.Value, error) {
	return newJSONParser(text, file).whole()
}

func newJSONParser(text []byte, file string) *jsonParser {
	p := &jsonParser{text: text, file: file, dec: json.NewDecoder(bytes.NewReader(text)), line: 1, twice: func(value.Value, diag.Pos, diag.Pos) {}}
	p.dec.UseNumber()
	return p
}

func (p *jsonParser) whole() (value.Value, error) {
	v, _, err := p.value()
	if err == nil {
		if _, extra := p.dec.Token(); !errors.Is(extra, io.EOF) {
			err = diag.Errorf(p.place(p.next()), "more text after the JSON value")
		}
	}
	return v, err
}

type jsonParser struct {
	text []byte
	file string
	dec  *json.Decoder
	// the line and the offset of its start for the last place that was asked for
	line, lineStart int
	// twice is told keys of one mapping that are there again.
	twice func(key value.Value, at, first diag.Pos)
}

// next is the offset at which the coming token starts.
func (p *jsonParser) next() int {
	at := int(p.dec.InputOffset())
	for at < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[at]) >= 0 {
		at++
	}
	return at
}

// place is the position of an offset. Offsets that are asked for only grow.
func (p *jsonParser) place(offset int) diag.Pos {
	offset = min(max(offset, p.lineStart), len(p.text))
	for {
		i := bytes.IndexByte(p.text[p.lineStart:offset], '\n')
		if i < 0 {
			break
		}
		p.line++
		p.lineStart += i + 1
	}
	return diag.Pos{File: p.file, Line: p.line, Col: utf8.RuneCount(p.text[p.lineStart:offset]) + 1}
}

func (p *jsonParser) token() (json.Token, diag.Pos, error) {
	at := p.next()
	tok, err := p.dec.Token()
	if err == nil {
		return tok, p.place(at), nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = int(syntax.Offset) - 1
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("unexpected end of JSON")
	}
	return nil, diag.Pos{}, diag.Errorf(p.place(at), "%s", strings.TrimPrefix(err.Error(), "json: "))
}

func (p *jsonParser) value() (value.Value, diag.Pos, error) {
	tok, at, err := p.token()
	if err != nil {
		return nil, at, err
	}
	switch tok := tok.(type) {
	case json.Delim:
		var v value.Value
		if tok == '{' {
			v, err = p.object()
		} else {
			v, err = p.array()
		}
		return v, at, err
	case json.Number:
		v, err := jsonNumber(tok.String())
		return v, at, diag.At(at, err)
	}
	return tok, at, nil // nil, bool, string
}

func (p *jsonParser) object() (value.Value, error) {
	d := value.NewDict()
	for p.dec.More() {
		key, keyAt, err := p.token()
		if err != nil {
			return nil, err
		}
		v, at, err := p.value()
		if err != nil {
			return nil, err
		}
		if d.Has(key) {
			p.twice(key, keyAt, d.KeyPos(key))
		}
		d.SetAt(key, v, keyAt, at)
	}
	_, _, err := p.token()
	return d, err
}

func (p *jsonParser) array() (value.Value, error) {
	l := &value.List{Items: []value.Value{}}
	for p.dec.More() {
		v, at, err := p.value()
		if err != nil {
			return nil, err
		}
		l.Items, l.At = append(l.Items, v), append(l.At, at)
	}
	_, _, err := p.token()
	return l, err
}

func jsonNumber(text string) (value.Value, error) {
	if !strings.ContainsAny(text, ".eE") {
		if n, ok := new(big.Int).SetString(text, 10); ok {
			return value.Int(n), nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, fmt.Errorf("bad number %s", text)
	}
	return f, nil
}
