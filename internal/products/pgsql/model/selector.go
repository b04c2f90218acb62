package model

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/jmespath/go-jmespath"

	"pig/internal/value"
)

// Selector is a JMESPath expression that chooses members of a cluster by their variables, e.g. [? pg_role == `replica`].
type Selector struct {
	text     string
	compiled *jmespath.JMESPath
}

// CompileSelector reads a selector. A literal in backticks need not be JSON: `primary` is the text, as Python's library
// takes it.
func CompileSelector(text string) (*Selector, error) {
	var compiled *jmespath.JMESPath
	err := withoutPanic(func() (err error) {
		compiled, err = jmespath.Compile(quoteLiterals(text))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bad selector %s: %w", text, err)
	}
	return &Selector{text: text, compiled: compiled}, nil
}

// withoutPanic makes an error of a panic: the library has some, for expressions that make no sense, like @(@).
func withoutPanic(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("not a JMESPath expression that can be evaluated (%v)", p)
		}
	}()
	return do()
}

// positionKey marks a member inside the data, so that what is selected can be told apart. No variable has such a name.
const positionKey = "\x00position"

// Select gives the indexes of the chosen members, in the order in which the expression yields them, each once.
func (s *Selector) Select(members []*value.Dict) ([]int, error) {
	data := make([]any, len(members))
	for i, m := range members {
		vars := map[string]any{positionKey: i}
		for k, v := range m.All() {
			// Only what the expression can see is worth converting: @ and * see everything.
			if name := value.KeyText(k); strings.Contains(s.text, name) || strings.ContainsAny(s.text, "@*") {
				vars[name] = plainData(v)
			}
		}
		data[i] = vars
	}
	var found any
	err := withoutPanic(func() (err error) {
		found, err = s.compiled.Search(data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("selector %s: %w", s.text, err)
	}
	items, ok := found.([]any)
	if !ok && found != nil {
		return nil, fmt.Errorf("invalid selector %s: the result is not a list of members", s.text)
	}
	var chosen []int
	seen := map[int]bool{}
	for _, item := range items {
		vars, _ := item.(map[string]any)
		i, ok := vars[positionKey].(int)
		if !ok {
			return nil, fmt.Errorf("invalid selector %s: the result has items that are not members", s.text)
		}
		if !seen[i] {
			seen[i] = true
			chosen = append(chosen, i)
		}
	}
	return chosen, nil
}

// plainData is v as JMESPath's library takes it: numbers are floats, keys are texts.
func plainData(v value.Value) any {
	switch v := v.(type) {
	case nil, bool, float64:
		return v
	case int64:
		return float64(v)
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f
	case *value.List:
		items := make([]any, len(v.Items))
		for i, item := range v.Items {
			items[i] = plainData(item)
		}
		return items
	case *value.Dict:
		m := make(map[string]any, v.Len())
		for k, item := range v.All() {
			m[value.KeyText(k)] = plainData(item)
		}
		return m
	}
	return value.Str(v)
}

// quoteLiterals turns literals in backticks that are no JSON into JSON strings.
func quoteLiterals(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		c := text[i]
		if c != '`' && c != '\'' && c != '"' {
			b.WriteByte(c)
			i++
			continue
		}
		end := literalEnd(text, i)
		if literal := text[i:end]; c == '`' && end-i >= 2 && text[end-1] == '`' {
			b.WriteString("`" + asJSON(literal[1:len(literal)-1]) + "`")
		} else {
			b.WriteString(literal)
		}
		i = end
	}
	return b.String()
}

// literalEnd is the index after the quote that closes the one at start.
func literalEnd(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[start]:
			return i + 1
		}
	}
	return len(text)
}

func asJSON(literal string) string {
	if json.Valid([]byte(strings.ReplaceAll(literal, "\\`", "`"))) {
		return literal
	}
	return `"` + strings.TrimLeft(literal, " ") + `"`
}
