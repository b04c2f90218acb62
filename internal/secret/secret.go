// Package secret keeps passwords and keys out of every place where people or programs look: a Text never prints itself.
//
// A Text remembers the atomic secrets that went into it, so that a rendered file or an error that carries one can be
// shown with just those parts masked.
package secret

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Mask stands for a secret wherever one would be shown.
const Mask = "••••••"

// Text is a string that came from a secret. Its zero value is an empty, harmless one.
type Text struct {
	plain string
	parts []string
}

// New makes a secret out of a plain string: the whole of it is the secret.
func New(plain string) Text {
	if plain == "" {
		return Text{}
	}
	return Text{plain: plain, parts: []string{plain}}
}

// Carrying makes a text that contains secrets: plain is the whole, parts are what must not be seen of it.
func Carrying(plain string, parts ...string) Text {
	return Text{plain: plain, parts: Union(parts)}
}

// Plain is the real text. Only what acts on a node may ask for it; what shows something must not.
func (t Text) Plain() string { return t.plain }

// Parts are the atomic secrets inside t.
func (t Text) Parts() []string { return t.parts }

// Masked is the text with just its secrets masked, wherever they are in it.
func (t Text) Masked() string {
	parts := slices.Clone(t.parts)
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	if len(parts) > 0 && len(parts[len(parts)-1]) < minLength {
		return Mask // it would tell which letters the secret has
	}
	masked := t.plain
	for _, p := range parts {
		masked = strings.ReplaceAll(masked, p, Mask)
		for line := range strings.SplitSeq(p, "\n") { // of a key that was cut or indented
			if line = strings.TrimSpace(line); line != "" && (len(line) >= minLineLength || tells(line)) {
				masked = strings.ReplaceAll(masked, line, Mask)
			}
		}
	}
	return masked
}

// String, Format, GoString, MarshalJSON, MarshalText and LogValue all show the mask.
func (t Text) String() string { return Mask }

// Format implements fmt.Formatter, so that no verb gets at the fields.
func (t Text) Format(f fmt.State, _ rune) { fmt.Fprint(f, Mask) }

// GoString implements fmt.GoStringer.
func (t Text) GoString() string { return Mask }

// MarshalText implements encoding.TextMarshaler.
func (t Text) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// MarshalJSON implements json.Marshaler.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(Mask) }

// LogValue implements slog.LogValuer.
func (t Text) LogValue() slog.Value { return slog.StringValue(Mask) }

// Union merges lists of atomic secrets: sorted, without duplicates or empty ones.
func Union(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		for _, s := range l {
			if s != "" {
				all = append(all, s)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
