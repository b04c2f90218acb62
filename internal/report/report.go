// Package report writes diagnostics in the forms that pipelines read: annotations of GitHub, SARIF, JUnit, Code Quality of GitLab, JSON. It is
// not for people: those read what diag.Render writes.
package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/diag"
)

// Format is a form of diagnostics. As a flag it takes the names of Formats.
type Format string

// The formats. Text is what people read.
const (
	Text        Format = "text"
	JSON        Format = "json"
	GitHub      Format = "github"
	SARIF       Format = "sarif"
	JUnit       Format = "junit"
	CodeQuality Format = "codequality"
)

// Formats are all of them.
func Formats() []string {
	return []string{string(Text), string(JSON), string(GitHub), string(SARIF), string(JUnit), string(CodeQuality)}
}

// String is the name, text for none.
func (f *Format) String() string {
	if *f == "" {
		return string(Text)
	}
	return string(*f)
}

// Type is how help names a value.
func (f *Format) Type() string { return "format" }

// Set takes a name.
func (f *Format) Set(name string) error {
	if !slices.Contains(Formats(), name) {
		return fmt.Errorf("want one of %s", strings.Join(Formats(), ", "))
	}
	*f = Format(name)
	return nil
}

// Plain tells whether people read it.
func (f Format) Plain() bool { return f == "" || f == Text }

// Report is what diagnostics are told with.
type Report struct {
	// Title names the verb, Version is that of pig.
	Title, Version string
	// Dir is the directory that paths are relative to.
	Dir string
	// File is where a mistake counts that has no place, for formats that want one.
	File string
	// Mask masks secrets in messages; nil masks nothing. Paths are never masked.
	Mask func(string) string
}

// finding is a diagnostic as it may be shown.
type finding struct {
	Severity string `json:"severity"`
	Rule     string `json:"rule"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail,omitempty"`
	Hint     string `json:"hint,omitempty"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`

	fingerprint string
}

func (f finding) isError() bool { return f.Severity == diag.Error.String() }

// message is all that a finding says.
func (f finding) message() string {
	text := f.Summary
	if f.Detail != "" {
		text += "\n" + f.Detail
	}
	if f.Hint != "" {
		text += "\nhint: " + f.Hint
	}
	return text
}

// Write writes diagnostics in a format other than text. Errors come first: some readers take only so many.
func (r Report) Write(w io.Writer, format Format, list diag.List) error {
	found := r.findings(list)
	switch format {
	case GitHub:
		return r.github(w, found)
	case SARIF:
		return r.sarif(w, found)
	case JUnit:
		return r.junit(w, found)
	case CodeQuality:
		return r.codeQuality(w, found)
	default:
		return r.json(w, found)
	}
}

func (r Report) findings(list diag.List) []finding {
	found := make([]finding, 0, len(list))
	met := map[string]int{}
	for _, d := range list {
		d = r.masked(d)
		f := finding{
			Severity: d.Severity.String(), Rule: d.Rule(), Summary: diag.OneLine(d.Summary), Detail: strings.TrimRight(diag.Visible(d.Detail), "\n"),
			Hint: diag.Visible(d.Hint), File: r.relative(d.Pos.File), Line: d.Pos.Line, Column: d.Pos.Col,
		}
		// A line that is added above changes no fingerprint; of several that are alike each has its own.
		key := strings.Join([]string{f.Rule, f.File, f.Summary}, "\x00")
		met[key]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, met[key]))
		f.fingerprint = hex.EncodeToString(sum[:16])
		found = append(found, f)
	}
	slices.SortStableFunc(found, func(a, b finding) int { return strings.Compare(a.Severity, b.Severity) })
	return found
}

func (r Report) masked(d *diag.Diagnostic) *diag.Diagnostic {
	if r.Mask == nil {
		return d
	}
	return d.Masked(r.Mask)
}

// relative is a path as pipelines know it: from the working directory, with slashes. What is outside of it stays as it is.
func (r Report) relative(path string) string {
	if filepath.IsAbs(path) && r.Dir != "" {
		if short, err := filepath.Rel(r.Dir, path); err == nil && filepath.IsLocal(short) {
			path = short
		}
	}
	if path == "" {
		return ""
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// place is a finding's file, or the one that stands in for it, and its line, from 1.
func (r Report) place(f finding) (string, int) {
	if f.File == "" {
		return r.relative(r.File), 1
	}
	return f.File, max(1, f.Line)
}

func count(found []finding) (errors, warnings int) {
	for _, f := range found {
		if f.isError() {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// formatVersion is that of the JSON format: the major number changes when a reader of before would be wrong.
const formatVersion = "1.0"

func (r Report) json(w io.Writer, found []finding) error {
	errors, warnings := count(found)
	return indented(w, struct {
		FormatVersion string    `json:"format_version"`
		Valid         bool      `json:"valid"`
		Errors        int       `json:"errors"`
		Warnings      int       `json:"warnings"`
		Diagnostics   []finding `json:"diagnostics"`
	}{formatVersion, errors == 0, errors, warnings, found})
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
