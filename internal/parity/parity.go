// Package parity knows the tags of Pigsty's playbooks, and why some of them do nothing here.
package parity

import (
	_ "embed"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed tags.yaml
var text []byte

// Table is what is known of Pigsty's tags.
type Table struct {
	// Playbooks are those of the modules, by the names that they have here and there.
	Playbooks []Playbook `yaml:"playbooks"`
	Absent    []Absent   `yaml:"absent"`
}

// Playbook is one of Pigsty's playbooks with all its tags (version 4.5).
type Playbook struct {
	Name string   `yaml:"name"`
	Tags []string `yaml:"tags"`
}

// Absent are tags that select nothing here, and why.
type Absent struct {
	Tags []string `yaml:"tags"`
	Why  string   `yaml:"why"`
	// Of are the playbooks that do not know these tags here; empty: none does.
	Of []string `yaml:"of"`
}

// Read gives the table.
func Read() (*Table, error) {
	t := &Table{}
	if err := yaml.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("cannot read the table of Pigsty's tags: %w", err)
	}
	return t, nil
}

// Why tells why a tag does nothing in a playbook, "" if there is no reason.
func (t *Table) Why(playbook, tag string) string {
	for _, a := range t.Absent {
		if slices.Contains(a.Tags, tag) && (len(a.Of) == 0 || slices.Contains(a.Of, playbook)) {
			return a.Why
		}
	}
	return ""
}
