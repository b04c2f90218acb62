package jinja

// builtinFilters are the filters of Jinja2, of ansible.builtin, and some of other collections.
func builtinFilters() table {
	t := table{}
	for _, part := range []func() table{
		textFilters, sequenceFilters, selectFilters, sortFilters, numberFilters, webFilters, jsonFilters, yamlFilters,
		regexFilters, hashFilters, pathFilters, setFilters, dictFilters, valueFilters, randomFilters, combinatoryFilters,
		timeFilters, queryFilters, addressFilters,
	} {
		t.merge(part())
	}
	return t
}

// builtinTests are the tests of Jinja2 and of ansible.builtin.
func builtinTests() table {
	t := table{}
	for _, part := range []func() table{typeTests, compareTests, textTests, resultTests, fileTests} {
		t.merge(part())
	}
	return t
}
