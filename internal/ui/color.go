// Package ui shows people and machines what happens. Nothing else writes to the terminal.
package ui

// Palette paints text; the zero value paints nothing.
type Palette struct{ on bool }

// NewPalette paints if on.
func NewPalette(on bool) Palette { return Palette{on} }

func (p Palette) paint(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Red is for what failed.
func (p Palette) Red(s string) string { return p.paint("31", s) }

// Green is for what is well, and for what is made.
func (p Palette) Green(s string) string { return p.paint("32", s) }

// Yellow is for what changes.
func (p Palette) Yellow(s string) string { return p.paint("33", s) }

// Cyan is for what is skipped or unknown.
func (p Palette) Cyan(s string) string { return p.paint("36", s) }

// Bold is for headings.
func (p Palette) Bold(s string) string { return p.paint("1", s) }

// Dim is for what can be left unread.
func (p Palette) Dim(s string) string { return p.paint("2", s) }
