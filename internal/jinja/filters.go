package jinja

import (
	"time"

	"pig/internal/jinja/pyre"
)

// sources are what filters and tests need from outside of templates.
type sources struct {
	now     func() time.Time
	getenv  func(name string) (string, bool)
	random  func() uint64 // serves random and shuffle without a seed
	regexps *pyre.Cache
}

// builtinFilters are the filters of Jinja2, of ansible.builtin, and some of other collections.
func builtinFilters(s sources) table {
	t := table{}
	for _, part := range []func() table{
		textFilters, sequenceFilters, selectFilters, sortFilters, numberFilters, webFilters, jsonFilters, yamlFilters,
		hashFilters, setFilters, dictFilters, valueFilters, combinatoryFilters, queryFilters, addressFilters,
	} {
		t.merge(part())
	}
	for _, part := range []func(sources) table{regexFilters, pathFilters, randomFilters, timeFilters} {
		t.merge(part(s))
	}
	return t
}

// builtinTests are the tests of Jinja2 and of ansible.builtin.
func builtinTests(s sources) table {
	t := table{}
	for _, part := range []func() table{typeTests, compareTests, resultTests, fileTests} {
		t.merge(part())
	}
	t.merge(textTests(s))
	return t
}
