package filters

import (
	"time"

	"pig/internal/jinja/plugin"
	"pig/internal/pyre"
)

// Sources are what filters and tests need from outside of templates.
type Sources struct {
	Now     func() time.Time
	Getenv  func(name string) (string, bool)
	Random  func() uint64 // serves random and shuffle without a seed
	Regexps *pyre.Cache
}

// Filters are the filters of Jinja2, of ansible.builtin, and some of other collections.
func Filters(s Sources) plugin.Table {
	t := plugin.Table{}
	for _, part := range []func() plugin.Table{
		textFilters, sequenceFilters, selectFilters, sortFilters, numberFilters, webFilters, jsonFilters, yamlFilters,
		hashFilters, setFilters, dictFilters, valueFilters, combinatoryFilters, queryFilters, addressFilters, generalFilters, generalLists,
	} {
		t.Merge(part())
	}
	for _, part := range []func(Sources) plugin.Table{regexFilters, pathFilters, randomFilters, timeFilters} {
		t.Merge(part(s))
	}
	return t
}

// Tests are the tests of Jinja2 and of ansible.builtin.
func Tests(s Sources) plugin.Table {
	t := plugin.Table{}
	for _, part := range []func() plugin.Table{typeTests, compareTests, resultTests, fileTests} {
		t.Merge(part())
	}
	t.Merge(textTests(s))
	return t
}
