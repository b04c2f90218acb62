package jmes

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"pig/internal/value"
)

// function is a built-in function: the types that its arguments may have, separated by |, and what it does.
type function struct {
	args     []string
	variadic bool
	run      func(e *evaluator, a []value.Value) (value.Value, error)
}

// kindOf is the JSON type of a value.
func kindOf(e *evaluator, v value.Value) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case int64, *big.Int, float64:
		return "number"
	case *value.List, value.Tuple:
		return "array"
	case expression:
		return "expref"
	}
	if _, ok := value.Plain(v); ok {
		return "string"
	}
	if _, ok := e.env.Dict(v); ok {
		return "object"
	}
	return "unknown"
}

func (e *evaluator) call(n *node, v value.Value) (value.Value, error) {
	f, ok := functions()[n.name]
	if !ok {
		return nil, fmt.Errorf("unknown function: %s()", n.name)
	}
	if len(n.kids) < len(f.args) || len(n.kids) > len(f.args) && !f.variadic {
		return nil, fmt.Errorf("expected %d arguments for function %s(), received %d", len(f.args), n.name, len(n.kids))
	}
	args := make([]value.Value, len(n.kids))
	for i, k := range n.kids {
		a, err := e.eval(k, v)
		if err != nil {
			return nil, err
		}
		if value.IsUnknown(a) && n.name != "not_null" {
			return a, nil
		}
		if args[i], err = e.settled(a); err != nil {
			return nil, err
		}
		want := f.args[min(i, len(f.args)-1)]
		if !e.fits(args[i], want) {
			return nil, fmt.Errorf("in function %s(), invalid type for a value: expected one of: %s, received: %q", n.name, want, kindOf(e, args[i]))
		}
	}
	return f.run(e, args)
}

// settled forces the items of a list.
func (e *evaluator) settled(v value.Value) (value.Value, error) {
	items, ok := e.items(v)
	if !ok {
		return v, nil
	}
	out := make([]value.Value, len(items))
	for i, item := range items {
		item, err := e.env.Force(item)
		if err != nil {
			return nil, err
		}
		out[i] = item
	}
	return value.NewList(out...), nil
}

func (e *evaluator) fits(v value.Value, want string) bool {
	kind := kindOf(e, v)
	for w := range strings.SplitSeq(want, "|") {
		switch w {
		case "any":
			return true
		case "array-number", "array-string":
			l, ok := v.(*value.List)
			if !ok {
				continue
			}
			all := true
			for _, item := range l.Items {
				all = all && (kindOf(e, item) == strings.TrimPrefix(w, "array-") || value.IsUnknown(item))
			}
			if all {
				return true
			}
		case kind:
			return true
		}
	}
	return false
}

func functions() map[string]function {
	return map[string]function{
		"abs":         {[]string{"number"}, false, func(_ *evaluator, a []value.Value) (value.Value, error) { return absolute(a[0]), nil }},
		"avg":         {[]string{"array-number"}, false, average},
		"ceil":        {[]string{"number"}, false, func(_ *evaluator, a []value.Value) (value.Value, error) { return rounded(a[0], math.Ceil), nil }},
		"floor":       {[]string{"number"}, false, func(_ *evaluator, a []value.Value) (value.Value, error) { return rounded(a[0], math.Floor), nil }},
		"contains":    {[]string{"array|string", "any"}, false, contains},
		"ends_with":   {[]string{"string", "string"}, false, onTexts(strings.HasSuffix)},
		"starts_with": {[]string{"string", "string"}, false, onTexts(strings.HasPrefix)},
		"join":        {[]string{"string", "array-string"}, false, join},
		"keys":        {[]string{"object"}, false, keys},
		"values":      {[]string{"object"}, false, valuesOf},
		"items":       {[]string{"object"}, false, itemsOf},
		"length":      {[]string{"string|array|object"}, false, length},
		"map":         {[]string{"expref", "array"}, false, mapOver},
		"max":         {[]string{"array-number|array-string"}, false, func(e *evaluator, a []value.Value) (value.Value, error) { return e.extreme(a[0], nil, true) }},
		"min":         {[]string{"array-number|array-string"}, false, func(e *evaluator, a []value.Value) (value.Value, error) { return e.extreme(a[0], nil, false) }},
		"max_by":      {[]string{"array", "expref"}, false, func(e *evaluator, a []value.Value) (value.Value, error) { return e.extreme(a[0], a[1], true) }},
		"min_by":      {[]string{"array", "expref"}, false, func(e *evaluator, a []value.Value) (value.Value, error) { return e.extreme(a[0], a[1], false) }},
		"merge":       {[]string{"object"}, true, merge},
		"not_null":    {[]string{"any"}, true, notNull},
		"reverse":     {[]string{"string|array"}, false, reverse},
		"sort":        {[]string{"array-number|array-string"}, false, func(e *evaluator, a []value.Value) (value.Value, error) { return e.sort(a[0], nil) }},
		"sort_by":     {[]string{"array", "expref"}, false, func(e *evaluator, a []value.Value) (value.Value, error) { return e.sort(a[0], a[1]) }},
		"sum":         {[]string{"array-number"}, false, sum},
		"to_array":    {[]string{"any"}, false, toArray},
		"to_number":   {[]string{"any"}, false, toNumber},
		"to_string":   {[]string{"any"}, false, toString},
		"type":        {[]string{"any"}, false, func(e *evaluator, a []value.Value) (value.Value, error) { return kindOf(e, a[0]), nil }},
	}
}

func float(v value.Value) float64 {
	switch x := v.(type) {
	case int64:
		return float64(x)
	case float64:
		return x
	case *big.Int:
		f, _ := new(big.Float).SetInt(x).Float64()
		return f
	}
	return 0
}

func absolute(v value.Value) value.Value {
	switch x := v.(type) {
	case float64:
		return math.Abs(x)
	case int64:
		if x < 0 {
			return value.Int(new(big.Int).Neg(big.NewInt(x)))
		}
	case *big.Int:
		return value.Int(new(big.Int).Abs(x))
	}
	return v
}

func rounded(v value.Value, how func(float64) float64) value.Value {
	f, ok := v.(float64)
	if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
		return v
	}
	i, _ := new(big.Float).SetFloat64(how(f)).Int(nil)
	return value.Int(i)
}

func sum(e *evaluator, a []value.Value) (value.Value, error) {
	whole, part, isFloat := new(big.Int), 0.0, false
	for _, v := range a[0].(*value.List).Items {
		switch x := v.(type) {
		case value.Unknown:
			return x, nil
		case float64:
			part += x
			isFloat = true
		case int64:
			whole.Add(whole, big.NewInt(x))
		case *big.Int:
			whole.Add(whole, x)
		}
	}
	if isFloat {
		return part + float(value.Int(whole)), nil
	}
	return value.Int(whole), nil
}

func average(e *evaluator, a []value.Value) (value.Value, error) {
	n := len(a[0].(*value.List).Items)
	if n == 0 {
		return nil, nil
	}
	total, err := sum(e, a)
	if err != nil || value.IsUnknown(total) {
		return total, err
	}
	return float(total) / float64(n), nil
}

func contains(e *evaluator, a []value.Value) (value.Value, error) {
	if text, ok := value.Plain(a[0]); ok {
		part, ok := value.Plain(a[1])
		return ok && strings.Contains(text, part), nil
	}
	var unknown value.Value
	for _, item := range a[0].(*value.List).Items {
		same, err := e.equal(item, a[1])
		if err != nil || same == true {
			return same, err
		}
		if value.IsUnknown(same) {
			unknown = same
		}
	}
	if unknown != nil {
		return unknown, nil
	}
	return false, nil
}

func onTexts(fn func(s, part string) bool) func(*evaluator, []value.Value) (value.Value, error) {
	return func(_ *evaluator, a []value.Value) (value.Value, error) {
		s, _ := value.Plain(a[0])
		part, _ := value.Plain(a[1])
		return fn(s, part), nil
	}
}

func join(e *evaluator, a []value.Value) (value.Value, error) {
	var parts []string
	for _, v := range a[1].(*value.List).Items {
		if value.IsUnknown(v) {
			return v, nil
		}
		s, _ := value.Plain(v)
		parts = append(parts, s)
	}
	sep, _ := value.Plain(a[0])
	return e.env.Text(strings.Join(parts, sep), value.NewList(a...)), nil
}

func keys(e *evaluator, a []value.Value) (value.Value, error) {
	d, _ := e.env.Dict(a[0])
	return value.NewList(d.Keys()...), nil
}

func valuesOf(e *evaluator, a []value.Value) (value.Value, error) {
	d, _ := e.env.Dict(a[0])
	out := value.NewList()
	for _, v := range d.All() {
		out.Append(v)
	}
	return out, nil
}

func itemsOf(e *evaluator, a []value.Value) (value.Value, error) {
	d, _ := e.env.Dict(a[0])
	out := value.NewList()
	for k, v := range d.All() {
		out.Append(value.NewList(k, v))
	}
	return out, nil
}

func length(e *evaluator, a []value.Value) (value.Value, error) {
	if text, ok := value.Plain(a[0]); ok {
		return int64(utf8.RuneCountInString(text)), nil
	}
	if l, ok := a[0].(*value.List); ok {
		return int64(len(l.Items)), nil
	}
	d, _ := e.env.Dict(a[0])
	return int64(d.Len()), nil
}

func mapOver(e *evaluator, a []value.Value) (value.Value, error) {
	out := value.NewList()
	for _, v := range a[1].(*value.List).Items {
		r, err := e.eval(a[0].(expression).n, v)
		if err != nil {
			return nil, err
		}
		out.Append(r)
	}
	return out, nil
}

func merge(e *evaluator, a []value.Value) (value.Value, error) {
	out := value.NewDict()
	for _, v := range a {
		d, _ := e.env.Dict(v)
		for k, item := range d.All() {
			out.Set(k, item)
		}
	}
	return out, nil
}

func notNull(_ *evaluator, a []value.Value) (value.Value, error) {
	for _, v := range a {
		if v != nil {
			return v, nil
		}
	}
	return nil, nil
}

func reverse(e *evaluator, a []value.Value) (value.Value, error) {
	if text, ok := value.Plain(a[0]); ok {
		r := []rune(text)
		slices.Reverse(r)
		return e.env.Text(string(r), a[0]), nil
	}
	items := slices.Clone(a[0].(*value.List).Items)
	slices.Reverse(items)
	return value.NewList(items...), nil
}

func toArray(_ *evaluator, a []value.Value) (value.Value, error) {
	if _, ok := a[0].(*value.List); ok {
		return a[0], nil
	}
	return value.NewList(a[0]), nil
}

func toNumber(e *evaluator, a []value.Value) (value.Value, error) {
	if kindOf(e, a[0]) == "number" {
		return a[0], nil
	}
	text, ok := value.Plain(a[0])
	if !ok {
		return nil, nil
	}
	if i, ok := new(big.Int).SetString(text, 10); ok && len(text) < 1000 {
		return value.Int(i), nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f, nil
	}
	return nil, nil
}

func toString(e *evaluator, a []value.Value) (value.Value, error) {
	if _, ok := value.Plain(a[0]); ok {
		return a[0], nil
	}
	text, err := e.env.JSON(a[0])
	return e.env.Text(text, a[0]), err
}
