package report

import (
	"fmt"
	"io"
	"strings"
)

// The signs of a workflow command are escaped: https://docs.github.com/actions names them for messages and for properties.
var (
	githubMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// github writes annotations, one a line.
func (r Report) github(w io.Writer, found []finding) error {
	for _, f := range found {
		var properties []string
		add := func(name, value string) {
			properties = append(properties, name+"="+githubProperty.Replace(value))
		}
		if f.File != "" {
			add("file", f.File)
		}
		if f.Line > 0 {
			add("line", fmt.Sprint(f.Line))
		}
		if f.Column > 0 {
			add("col", fmt.Sprint(f.Column))
		}
		add("title", r.Title)
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", f.Severity, strings.Join(properties, ","), githubMessage.Replace(f.message())); err != nil {
			return err
		}
	}
	return nil
}
