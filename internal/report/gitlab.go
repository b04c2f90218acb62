package report

import "io"

// codeQuality writes a report of GitLab's Code Quality, which is a list.
func (r Report) codeQuality(w io.Writer, found []finding) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	all := []issue{}
	for _, f := range found {
		severity := "minor"
		if f.isError() {
			severity = "critical"
		}
		path, line := r.place(f)
		all = append(all, issue{f.message(), f.Rule, f.fingerprint, severity, location{path, lines{line}}})
	}
	return indented(w, all)
}
