package postgresql

import (
	"testing"

	"pig/internal/value"
)

func TestPlaceholdersBecomeValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sql        string
		positional []value.Value
		named      *value.Dict
		want       string
	}{
		{"SELECT '%s'", nil, nil, "SELECT '%s'"},
		{"SELECT %s, %s, %s", []value.Value{int64(1), "it's", nil}, nil, "SELECT 1, 'it''s', NULL"},
		{"SELECT %(a)s, %(b)s, 5 %% 2", nil, value.DictOf("a", true, "b", value.NewList("x", int64(2))), "SELECT TRUE, ARRAY['x', 2], 5 % 2"},
		{"SELECT %(a)s", nil, value.DictOf("a", value.DictOf("k", "v'")), `SELECT '{"k":"v''"}'`},
		{"SELECT %s", []value.Value{}, nil, ""},
		{"SELECT %(x)s", nil, value.DictOf("a", "b"), ""},
		{"SELECT 1", []value.Value{"more"}, nil, ""},
	} {
		got, err := fill(c.sql, c.positional, c.named)
		if (err != nil) != (c.want == "") || err == nil && got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.sql, got, err, c.want)
		}
	}
}

func TestValuesOfSettingsThatAreTheSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x, y, unit string
		want       bool
	}{
		{"1GB", "1024MB", "8kB", true}, {"64MB", "8192", "8kB", true}, {"64MB", "8193", "8kB", false}, {"on", "true", "", true}, {"on", "off", "", false},
		{"1", "on", "", true}, {"1", "on", "ms", false}, {"5min", "300s", "s", true}, {"60", "1min", "s", true}, {"replica", "logical", "", false}, {"0.5", "0.50", "", true},
	} {
		if got := sameValue(c.x, c.y, c.unit); got != c.want {
			t.Errorf("%s and %s in %q: %v", c.x, c.y, c.unit, got)
		}
	}
}

func TestPasswordsThatAreTheSame(t *testing.T) {
	t.Parallel()
	// The verifier of RFC 7677's example: user, pencil.
	const scram = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
	for _, c := range []struct {
		wanted, have string
		want         bool
	}{
		{"pencil", scram, true}, {"pen", scram, false}, {scram, scram, true}, {"", "", true}, {"", scram, false}, {"pencil", "", false},
		{"pw", "md5" + "b1c1da5a6fa3eecd8c7a4b8f8e2a9b0f", false}, {"pencil", "SCRAM-SHA-256$x", false},
	} {
		if got := samePassword(c.wanted, c.have, "user"); got != c.want {
			t.Errorf("%q for %q: %v", c.wanted, c.have, got)
		}
	}
}

func TestNamesAndTextsOfSQL(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{ident(`a"b`): `"a""b"`, literal("it's"): "'it''s'", conninfo(`a'b\`): `'a\'b\\'`} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
