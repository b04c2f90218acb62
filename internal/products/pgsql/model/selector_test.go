package model

import (
	"fmt"
	"testing"

	"pig/internal/value"
)

func member(role string, seq int64, more ...value.Value) *value.Dict {
	d := value.DictOf("pg_role", role, "pg_seq", seq)
	for i := 0; i < len(more); i += 2 {
		d.Set(more[i], more[i+1])
	}
	return d
}

func TestSelectors(t *testing.T) {
	t.Parallel()
	members := []*value.Dict{
		member("offline", 3), member("primary", 1), member("replica", 2, "pg_offline_query", true), member("replica", 4, "pg_offline_query", "false"),
	}
	for text, want := range map[string]string{
		"[]":                         "[0 1 2 3]",
		"[? pg_role == `primary`]":   "[1]",
		"[? pg_role == 'primary']":   "[1]",
		`[? pg_role == "primary"]`:   "[]", // a quoted identifier, not a text
		"[? pg_seq > `2`]":           "[0 3]",
		"[? pg_seq == `2`]":          "[2]",
		"[?contains(@.pg_role,`i`)]": "[0 1 2 3]",
		"[? pg_role == `primary` || pg_role == `offline` ]": "[0 1]",
		"[? pg_role == `offline` || pg_offline_query ]":     "[0 2 3]", // a text is true, even "false"
		"[? pg_role == `replica` && !pg_offline_query]":     "[]",
		"[0]":               "error",
		"[].pg_seq":         "error",
		"[? pg_role = `x`]": "error",
		"[?nosuch]":         "[]",
		"":                  "error",
		"@(@A@)":            "error", // the library panics
	} {
		got := "error"
		if s, err := CompileSelector(text); err == nil {
			if chosen, err := s.Select(members); err == nil {
				got = fmt.Sprint(chosen)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// FuzzSelector chooses with any selector: each member at most once, and none that is not there.
func FuzzSelector(f *testing.F) {
	for _, s := range []string{"[]", "[? pg_role == `primary`]", "[?contains(@.pg_role,`i`)]", "[? pg_seq > `2`] | [0]", "[0]", "[?", "`", "[?a=='x`']", "@", "*", "[::-1]", "[][]", "reverse(@)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		members := []*value.Dict{member("offline", 3), member("primary", 1), member("replica", 2, "pg_offline_query", true)}
		s, err := CompileSelector(text)
		if err != nil {
			return
		}
		chosen, err := s.Select(members)
		if err != nil {
			return
		}
		seen := map[int]bool{}
		for _, i := range chosen {
			if i < 0 || i >= len(members) || seen[i] {
				t.Fatalf("%s chooses %v", text, chosen)
			}
			seen[i] = true
		}
	})
}
