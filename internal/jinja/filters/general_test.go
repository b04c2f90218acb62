package filters_test

import (
	"testing"

	"pig/internal/jinja/jinjatest"
)

func TestFiltersOfCommunityGeneral(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"'abc' | community.general.accumulate":                                                                     "['a', 'ab', 'abc']",
		"[1, 2, 3] | community.general.accumulate":                                                                 "[1, 3, 6]",
		"['x', 'y', 'x'] | community.general.counter":                                                              "{'x': 2, 'y': 1}",
		"[['k', 1], ['l', 2]] | community.general.dict":                                                            "{'k': 1, 'l': 2}",
		"['a', 'b'] | map('community.general.dict_kv', 'name')":                                                    "[{'name': 'a'}, {'name': 'b'}]",
		"[{'n': 'a', 'v': 1}, {'n': 'b', 'v': 2}] | community.general.groupby_as_dict('n')":                        "{'a': {'n': 'a', 'v': 1}, 'b': {'n': 'b', 'v': 2}}",
		"['1.10', '1.9', '1.2'] | community.general.version_sort":                                                  "['1.2', '1.9', '1.10']",
		"['1.10', '1.9'] | community.general.version_sort(reverse=true)":                                           "['1.10', '1.9']",
		"[{'a_x': 1, 'b': 2}] | community.general.keep_keys(target=['a'], matching_parameter='starts_with')":       "[{'a_x': 1}]",
		"[{'a': 1, 'b': 2}] | community.general.remove_keys(target=['a'])":                                         "[{'b': 2}]",
		"[1, 2] | community.general.lists_union([2, 3], [4])":                                                      "[1, 2, 3, 4]",
		"[[1, 2], [2, 3]] | community.general.lists_intersect(flatten=true)":                                       "[2]",
		"[1, 2, 3] | community.general.lists_difference([2], [3])":                                                 "[1]",
		"[1, 2] | community.general.lists_symmetric_difference([2, 3])":                                            "[1, 3]",
		"[{'n': 'b', 'v': 1}] | community.general.lists_mergeby([{'n': 'a'}, {'n': 'b', 'w': 2}], 'n')":            "[{'n': 'a'}, {'n': 'b', 'v': 1, 'w': 2}]",
		"[[{'n': 1, 'l': [1]}], [{'n': 1, 'l': [2]}]] | community.general.lists_mergeby('n', list_merge='append')": "[{'n': 1, 'l': [1, 2]}]",
	})
	jinjatest.WantErrors(t, empty, map[string]string{
		"1 | community.general.accumulate":                                          "not iterable",
		"{'a': 1} | community.general.counter":                                      "must be a sequence",
		"[[1]] | community.general.counter":                                         "unhashable type: 'list'",
		"[[1]] | community.general.dict":                                            "has length 1; 2 is required",
		"[{'n': 1}, {'n': 1}] | community.general.groupby_as_dict('n')":             "Multiple sequence entries",
		"[{}] | community.general.keep_keys(target='a', matching_parameter='near')": "matching_parameter",
		"'a' | community.general.lists_union(['b'])":                                "must be lists",
		"[1] | community.general.lists_mergeby([2], 'n')":                           "must be dictionaries",
	})
}
