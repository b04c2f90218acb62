package ui

import (
	"path/filepath"
	"strings"
	"unicode/utf8"

	"pig/internal/jinja/python"
	"pig/internal/playbook"
	"pig/internal/value"
)

// pythonJSON is a value as json.dumps writes it, with its keys in order.
func pythonJSON(v value.Value, indented bool) string {
	w := python.NewJSONWriter()
	w.SortKeys, w.ASCII = true, false
	if indented {
		w.Indent, w.Item = 4, ","
	}
	if err := w.Write(v); err != nil {
		return string(value.JSON(v))
	}
	return w.String()
}

func displayWidth(text string) int { return utf8.RuneCountInString(text) }

func absolutePath(file string) string {
	if strings.HasPrefix(file, playbook.Embedded) {
		return file
	}
	if p, err := filepath.Abs(file); err == nil {
		return p
	}
	return file
}
