package lookups

import (
	"fmt"
	"strconv"
	"strings"

	"pig/internal/jinja/python"
	"pig/internal/jinja/runtime"
	"pig/internal/value"
)

// lookupSequence is with_sequence: "start=0 end=10 stride=2 format=%02d", or "5", "5-8", "2-10/2:host%02d".
func lookupSequence(_ *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	if err := settled(args); err != nil {
		return nil, err
	}
	out := value.NewList()
	if len(args) == 0 {
		args = []value.Value{""}
	}
	for _, a := range args {
		q, err := readSequence(python.Str(a), kw)
		if err != nil {
			return nil, err
		}
		r := python.Range{Start: q.start, Stop: q.end + int64(python.Sign(1, q.stride < 0)), Step: q.stride}
		if r.Len() > python.MaxRange {
			return nil, fmt.Errorf("the sequence is longer than %d", python.MaxRange)
		}
		for i, n := q.start, r.Len(); n > 0; n-- {
			text, err := python.PercentText(q.format, value.Tuple{i})
			if err != nil {
				return nil, fmt.Errorf("problem formatting %d with %q", i, q.format)
			}
			out.Append(text)
			i += q.stride
		}
	}
	return out, nil
}

type sequence struct {
	start, end, stride int64
	format             string
}

func readSequence(term string, kw *value.Dict) (sequence, error) {
	q := sequence{start: 1, stride: 1, format: "%d"}
	var count *int64
	hasEnd := false
	set := func(key, text string) error {
		if key == "format" {
			q.format = text
			return nil
		}
		n, err := strconv.ParseInt(text, 0, 64)
		if err != nil {
			return fmt.Errorf("can't parse %s=%s as integer", key, text)
		}
		switch key {
		case "start":
			q.start = n
		case "end":
			q.end, hasEnd = n, true
		case "stride":
			q.stride = n
		case "count":
			count = &n
		default:
			return fmt.Errorf("unrecognized arguments to with_sequence: %s", key)
		}
		return nil
	}
	var err error
	switch {
	case strings.Contains(term, "="):
		for _, part := range strings.Fields(term) {
			key, text, _ := strings.Cut(part, "=")
			if err = set(key, text); err != nil {
				return q, err
			}
		}
	case term != "":
		if err = q.short(term); err != nil {
			return q, err
		}
		hasEnd = true
	}
	for k, v := range kw.All() {
		if err = set(value.KeyText(k), python.Str(v)); err != nil {
			return q, err
		}
	}
	switch {
	case count != nil && hasEnd:
		return q, fmt.Errorf("can't specify both count and end in with_sequence")
	case count == nil && !hasEnd:
		return q, fmt.Errorf("must specify count or end in with_sequence")
	case count != nil && *count == 0:
		q.start, q.end, q.stride = 1, 0, 1
	case count != nil:
		q.end = q.start + (*count-1)*q.stride
	}
	if q.stride == 0 || q.stride > 0 && q.end < q.start && count == nil || q.stride < 0 && q.end > q.start {
		return q, fmt.Errorf("with_sequence would never end or counts the wrong way: give a stride that leads from start to end")
	}
	return q, nil
}

// short reads [start-]end[/stride][:format].
func (q *sequence) short(term string) error {
	spec, format, ok := strings.Cut(term, ":")
	if ok {
		q.format = format
	}
	spec, stride, hasStride := strings.Cut(spec, "/")
	start, end, ranged := strings.Cut(spec, "-")
	if !ranged {
		start, end = "1", spec
	}
	if !hasStride {
		stride = "1"
	}
	var err error
	for _, p := range []struct {
		to   *int64
		text string
	}{{&q.start, start}, {&q.end, end}, {&q.stride, stride}} {
		if *p.to, err = strconv.ParseInt(p.text, 0, 64); err != nil {
			return fmt.Errorf("unknown error parsing with_sequence arguments: %q", term)
		}
	}
	return nil
}
