package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

type (
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
)

// junit writes a suite for each file. An error is a test that failed, a warning one that says something; where nothing is wrong, one test passed.
func (r Report) junit(w io.Writer, found []finding) error {
	all := junitSuites{Name: r.Title}
	at := map[string]int{}
	names := map[string]int{}
	add := func(path, name string, f *finding) {
		i, is := at[path]
		if !is {
			i = len(all.Suites)
			at[path] = i
			all.Suites = append(all.Suites, junitSuite{Name: path})
		}
		s := &all.Suites[i]
		if names[path+"\x00"+name]++; names[path+"\x00"+name] > 1 { // of names that are alike readers drop all but one
			name = fmt.Sprintf("%s (%d)", name, names[path+"\x00"+name])
		}
		c := junitCase{Class: path, Name: name, File: path, Time: "0"}
		switch {
		case f == nil:
		case f.isError():
			c.Failure = &junitFailure{f.Summary, f.Rule, f.message()}
			s.Failures++
			all.Failures++
		default:
			c.Out = "warning: " + f.message()
		}
		s.Tests++
		all.Tests++
		s.Cases = append(s.Cases, c)
	}
	for _, f := range found {
		path, line := r.place(f)
		add(path, fmt.Sprintf("line %d: %s", line, f.Summary), &f)
	}
	if len(found) == 0 {
		add(r.relative(r.File), "inventory", nil)
	}
	var b strings.Builder
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}
