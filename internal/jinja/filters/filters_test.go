package filters_test

import (
	"testing"

	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
)

// wantAll checks what bare expressions give.
func empty() *jinja.Scope { return jinjatest.Scope() }

func TestFiltersOfMappings(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"{'a': [1, 2]} | combine({'a': [2, 3]}, list_merge='append')":                                 "{'a': [1, 2, 2, 3]}",
		"{'a': [1, 2]} | combine({'a': [2, 3]}, list_merge='prepend')":                                "{'a': [2, 3, 1, 2]}",
		"{'a': [1, 2]} | combine({'a': [2, 3]}, list_merge='append_rp')":                              "{'a': [1, 2, 3]}",
		"{'a': [1, 2]} | combine({'a': [2, 3]}, list_merge='prepend_rp')":                             "{'a': [2, 3, 1]}",
		"{'a': [1, 2]} | combine({'a': [2, 3]}, list_merge='keep')":                                   "{'a': [1, 2]}",
		"{'a': {'l': [1], 'k': 1}} | combine({'a': {'l': [2]}}, recursive=true, list_merge='append')": "{'a': {'l': [1, 2], 'k': 1}}",
		"{'a': {'k': 1}} | combine({'a': {'j': 2}})":                                                  "{'a': {'j': 2}}",
		"{'a': 1} | combine({'b': 2}, {'c': 3})":                                                      "{'a': 1, 'b': 2, 'c': 3}",
		"[{'a': 1}, {'b': 2}] | combine":                                                              "{'a': 1, 'b': 2}",
		"{} | combine({'a': 1})":                                                                      "{'a': 1}",
		"[{'name': 'a', 'l': [1, 2]}, {'name': 'b', 'l': [3]}] | subelements('l')":                    "[[{'name': 'a', 'l': [1, 2]}, 1], [{'name': 'a', 'l': [1, 2]}, 2], [{'name': 'b', 'l': [3]}, 3]]",
		"[{'a': {'b': [1]}}, {'a': {}}] | subelements('a.b', skip_missing=true)":                      "[[{'a': {'b': [1]}}, 1]]",
		"[{'k': 'x', 'v': 1}] | rekey_on_member('k')":                                                 "{'x': {'k': 'x', 'v': 1}}",
		"[{'k': 'x', 'v': 1}, {'k': 'x', 'v': 2}] | rekey_on_member('k', duplicates='overwrite')":     "{'x': {'k': 'x', 'v': 2}}",
		"0 | extract(['a', 'b'])":                                                                     "'a'",
		"'x' | extract({'x': {'y': {'z': 5}}}, ['y', 'z'])":                                           "5",
		"'x' | extract({'x': {'y': 5}}, 'y')":                                                         "5",
		"{'b': 1, 'a': 2} | dict2items | items2dict":                                                  "{'b': 1, 'a': 2}",
	})
	jinjatest.WantErrors(t, empty, map[string]string{
		"[1] | combine({})": "expected dicts but got a 'int'",
		"{'a': [1]} | combine({'a': [1]}, list_merge='x')": "list_merge",
		"{} | combine({}, foo=1)":                          "only valid keyword",
		"[{'k': 1}] | items2dict":                          "keys 'key' and 'value'",
		"1 | dict2items":                                   "requires a dictionary",
		"[{'a': 1}] | subelements('b')":                    "could not find 'b' key",
		"[{'k': 'x'}, {'k': 'x'}] | rekey_on_member('k')":  "not unique",
	})
}

func TestFiltersOfLists(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"[1, [2, [3, none]], none] | flatten":                                                    "[1, 2, 3]",
		"[1, none] | flatten(skip_nulls=false)":                                                  "[1, None]",
		"[[1, [2]]] | flatten(1)":                                                                "[1, [2]]",
		"[1, 2, 3] | zip_longest(['a'], fillvalue='-')":                                          "[[1, 'a'], [2, '-'], [3, '-']]",
		"[1, 2] | product('ab') | map('join') | list":                                            "['1a', '1b', '2a', '2b']",
		"[0, 1] | product(repeat=2)":                                                             "[[0, 0], [0, 1], [1, 0], [1, 1]]",
		"[1, 2, 3] | combinations(2)":                                                            "[[1, 2], [1, 3], [2, 3]]",
		"[1, 2] | permutations":                                                                  "[[1, 2], [2, 1]]",
		"[1, 2, 2] | symmetric_difference([2, 3])":                                               "[1, 3]",
		"['b', 'a', 'b'] | union(['c'])":                                                         "['b', 'a', 'c']",
		"[{'a': 1}, {'a': 1}] | union([{'a': 2}])":                                               "[{'a': 1}, {'a': 2}]",
		"['x', 'a'] | intersect(['a', 'x'])":                                                     "['x', 'a']",
		"['x', 'a'] | difference(['a'])":                                                         "['x']",
		"[3, 1, 2] | shuffle(seed='x') | sort":                                                   "[1, 2, 3]",
		"60 | random(seed='node-1') == 60 | random(seed='node-1')":                               "True",
		"100 | random(1, 10, seed=42)":                                                           "11",
		"['a', 'b', 'c'] | random(seed='x')":                                                     "'c'",
		"10 | random(start=10, step=1) if false else 1":                                          "1",
		"[1, 2, 3] | json_query('[-1]')":                                                         "3",
		"[] | max | default('none')":                                                             "'none'",
		"[] | min is defined":                                                                    "False",
		"[] | random is defined":                                                                 "False",
		"['a', ['b']] | map('type_debug') | list":                                                "['str', 'list']",
		"[[1, 2], [3]] | map('first') | list":                                                    "[1, 3]",
		"[[1, 2], [3]] | map('sum') | list":                                                      "[3, 3]",
		"['a', none, ''] | select | list":                                                        "['a']",
		"[1, 2, 3, 4] | select('in', [2, 4]) | list":                                             "[2, 4]",
		"[{'a': {'b': 1}}, {'a': {}}] | selectattr('a.b', 'defined') | list":                     "[{'a': {'b': 1}}]",
		"[{'a': 'x1'}, {'a': 'y'}] | selectattr('a', 'search', '[0-9]') | list":                  "[{'a': 'x1'}]",
		"[{'a': 1}, {}] | map(attribute='a', default=0) | list":                                  "[1, 0]",
		"[{'a': 2, 'b': 1}, {'a': 1, 'b': 2}] | sort(attribute='a') | map(attribute='b') | list": "[2, 1]",
		"'abc' | list": "['a', 'b', 'c']",
	})
	jinjatest.WantErrors(t, empty, map[string]string{
		"[1] | zip(1)":              "not iterable",
		"[1, 'a'] | sort":           "not supported between",
		"[1] | random(1)":           "only be used with integer",
		"0 | random":                "empty range",
		"[1] | combinations":        "length",
		"[1] | map":                 "map requires a filter argument",
		"[1] | select('nosuch')":    "No test named 'nosuch'",
		"[{}] | map(attribute='x')": "has no attribute 'x'",
		"[1] | batch":               "linecount",
	})
}

func TestFiltersOfText(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"'a b' | quote":                  `"'a b'"`,
		"['a', 1] | map('quote') | list": "['a', '1']",
		"'key: v' | regex_search('(?P<k>\\w+): (\\w)', '\\\\g<k>', '\\\\2')": "['key', 'v']",
		"'abc' | regex_replace('b', '[\\\\g<0>]')":                           "'a[b]c'",
		"'aXbx' | regex_replace('x', '-', ignorecase=true)":                  "'a-b-'",
		"'aaa' | regex_replace('a', 'b', count=2)":                           "'bba'",
		"'a1b2' | regex_findall('(\\w)(\\d)')":                               "[['a', '1'], ['b', '2']]",
		"'a.b*' | regex_escape('posix_basic')":                               `'a\\.b\\*'`,
		"'foobar' | regex_replace('(?<=foo)bar', 'x')":                       "'foox'",
		"'text' | comment('c')":                                              `'//\n// text\n//'`,
		"'text' | comment('cblock')":                                         `'/*\n *\n * text\n *\n */'`,
		"'text' | comment('xml')":                                            `'<!--\n -\n - text\n -\n-->'`,
		"'a\\n\\nb' | comment(decoration='! ')":                              `'!\n! a\n!\n! b\n!'`,
		"'1.0 KB' | human_to_bytes":                                          "1024",
		"'10' | human_to_bytes('M')":                                         "10485760",
		"'2 Gb' | human_to_bytes(isbits=true)":                               "2147483648",
		"1048576 | human_readable(unit='K')":                                 "'1024.00 KB'",
		"10 | human_readable":                                                "'10.00 Bytes'",
		"8 | human_readable(isbits=true)":                                    "'8.00 bits'",
		"'https://u:p@Host:80/a/b?q=1#f' | urlsplit('netloc')":               "'u:p@Host:80'",
		"('https://u:p@Host:80/a/b?q=1#f' | urlsplit).hostname":              "'host'",
		"'a%20b+c' | urldecode":                                              "'a b c'",
		"'2020-01-02 03:04:05' | to_datetime | string":                       "'2020-01-02 03:04:05'",
		"(('2020-01-03' | to_datetime('%Y-%m-%d')) - ('2020-01-01' | to_datetime('%Y-%m-%d'))).days":      "2",
		"(('2020-01-03 12:00:00' | to_datetime) - ('2020-01-03 11:00:00' | to_datetime)).total_seconds()": "3600.0",
		"'%H:%M' | strftime(3600, true)": "'01:00'",
		"'%Y' | strftime":                "'2023'",
		"('2020-02-29' | to_datetime('%Y-%m-%d')).strftime('%d.%m.%y')":             "'29.02.20'",
		"'a,b' | split(',') | last":                                                 "'b'",
		"'x' | hash('sha512') | length":                                             "128",
		"'test' | to_uuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8')":                  "'4be0643f-1d98-573b-97cd-ca98a65347dd'",
		"'pw' | password_hash('sha256', 'abcdefgh', rounds=10000) | length":         "68",
		"('pw' | password_hash).startswith('$6$rounds=656000$') if false else true": "True",
		"'$6$' in ('x' | password_hash('sha512', rounds=1000))":                     "True",
		"'a' is version('1', '>') if false else 1":                                  "1",
		"'{\"a\": [1, 2.5, null, true, \"x\"]}' | from_json":                        "{'a': [1, 2.5, None, True, 'x']}",
		"'NaN' | from_json | string":                                                "'nan'",
		"'a: 1\\n---\\nb: 2' | from_yaml_all":                                       "[{'a': 1}, {'b': 2}]",
		"none | from_yaml":                                                          "None",
		"{'a': 1.5, 'b': 'é'} | to_json(ensure_ascii=false)":                        `'{"a": 1.5, "b": "é"}'`,
		"{'b': 1, 'a': 2} | to_json(sort_keys=true, separators=(',', ':'))":         `'{"a":2,"b":1}'`,
		"[1] | to_json(indent=1)":                                                   `'[\n 1\n]'`,
		"'a\\u0001\\U0001F600' | to_json":                                           `'"a\\u0001\\ud83d\\ude00"'`,
		"{1: 'a', true: 2, none: 3, 1.5: 4} | to_json":                              `'{"1": 2, "null": 3, "1.5": 4}'`,
		"{'b': [1], 'a': {}} | to_nice_yaml(sort_keys=false, indent=2)":             `'b:\n- 1\na: {}\n'`,
		"{'a': 'yes'} | to_yaml(default_flow_style=false)":                          `"a: 'yes'\n"`,
		"'a\\tb' | pprint":                                                          `"'a\\tb'"`,
	})
	jinjatest.WantErrors(t, empty, map[string]string{
		"'x' | regex_replace('(', '')":              "invalid regular expression",
		"'x' | from_json":                           "from_json",
		"'{' | from_json":                           "line 1",
		"'[1] x' | from_json":                       "Extra data",
		"'x' | hash('nope')":                        "nope",
		"'x' | b64decode":                           "",
		"'x' | human_to_bytes":                      "can't interpret",
		"'x' | to_datetime":                         "does not match format",
		"'2020-02-30' | to_datetime('%Y-%m-%d')":    "out of range",
		"'x' | password_hash('nope')":               "not supported",
		"'x' | password_hash('md5', 'toolongsalt')": "too long",
		"'x' | comment('nope')":                     "Invalid style",
		"range | to_json":                           "not JSON serializable",
		"'x' | to_uuid('zz')":                       "UUID",
		"'%Y' | strftime('x')":                      "epoch",
		"[1] | to_json(nope=1)":                     "unexpected keyword",
		"'a' | replace('a')":                        "missing 1 required",
		"'a' | upper(1)":                            "takes at most",
	})
}

func TestFiltersOfPaths(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"'/a/b/' | basename": "''", "'/a/b/' | dirname": "'/a/b'", "'/a' | dirname": "'/'", "'a' | dirname": "''",
		"'.bashrc' | splitext": "['.bashrc', '']", "'a.tar.gz' | splitext": "['a.tar', '.gz']",
		"['/a', 'b', 'c'] | path_join": "'/a/b/c'", "['a', '/b'] | path_join": "'/b'", "['a/', 'b'] | path_join": "'a/b'",
		"['/a/b/c', '/a/b/d'] | commonpath": "'/a/b'", "'/a/./b//c' | normpath": "'/a/b/c'", "'/a/b/c' | relpath('/a/d')": "'../b/c'",
		`'C:\\a\\b.txt' | win_basename`: "'b.txt'", `'C:\\a\\b.txt' | win_dirname`: `'C:\\a'`, `'C:\\a' | win_splitdrive`: `['C:', '\\a']`,
		"'/nosuch/path' is exists": "False", "'/' is directory": "True", "'/' is abs": "True", "'a' is abs": "False", "'/' is mount": "True",
		"'.' is file": "False", "'/proc/self' is link": "True", "'/' is same_file('/')": "True",
	})
}

func TestFiltersOfAddresses(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"'10.10.10.3/24' | ipaddr('network')":             "'10.10.10.0'",
		"'10.10.10.3/24' | ipaddr('netmask')":             "'255.255.255.0'",
		"'10.10.10.3/24' | ipaddr('prefix')":              "24",
		"'10.10.10.3/24' | ipaddr('broadcast')":           "'10.10.10.255'",
		"'10.10.10.3/24' | ipaddr('address')":             "'10.10.10.3'",
		"'10.10.10.3/24' | ipaddr('size')":                "256",
		"'10.10.10.3/24' | ipaddr('network/prefix')":      "'10.10.10.0/24'",
		"'10.10.10.0/24' | ipaddr('1')":                   "'10.10.10.1/24'",
		"'10.10.10.0/24' | ipaddr(-1)":                    "'10.10.10.255/24'",
		"'10.10.10.0/24' | ipaddr('net')":                 "'10.10.10.0/24'",
		"'10.10.10.3/24' | ipaddr('net')":                 "False",
		"'10.10.10.3/24' | ipaddr('hostmask')":            "'0.0.0.255'",
		"'10.10.10.3' | ipaddr('10.0.0.0/8')":             "'10.10.10.3'",
		"'11.10.10.3' | ipaddr('10.0.0.0/8')":             "False",
		"'10.10.10.3/24' | ipaddr('range_usable')":        "'10.10.10.1-10.10.10.254'",
		"'10.10.10.3/255.255.255.0' | ipaddr('prefix')":   "24",
		"['10.0.0.1', 'x', '::1', 'fe80::1/64'] | ipaddr": "['10.0.0.1', '::1', 'fe80::1/64']",
		"['10.0.0.1', 'x', '::1'] | ipv4":                 "['10.0.0.1']",
		"['10.0.0.1', 'x', '::1'] | ipv6":                 "['::1']",
		"['192.168.1.1', '8.8.8.8'] | ipaddr('private')":  "['192.168.1.1']",
		"['192.168.1.1', '8.8.8.8'] | ipaddr('public')":   "['8.8.8.8']",
		"'10.0.0.1' | ipaddr('revdns')":                   "'1.0.0.10.in-addr.arpa.'",
		"'10.0.0.1' | ipaddr('int')":                      "167772161",
		"'::1' | ipwrap":                                  "'[::1]'",
		"'10.0.0.1' | ipwrap":                             "'10.0.0.1'",
		"'host' | ipwrap":                                 "'host'",
		"'192.168.0.0/16' | ipsubnet(24)":                 "256",
		"'192.168.0.0/16' | ipsubnet(24, 1)":              "'192.168.1.0/24'",
		"'192.168.0.0/16' | ipsubnet(24, -1)":             "'192.168.255.0/24'",
		"'192.168.1.5' | ipmath(5)":                       "'192.168.1.10'",
		"none | ipaddr":                                   "False",
		"'x' | ansible.utils.ipaddr":                      "False",
	})
}

func TestTestsOfAnsible(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"{'failed': false} is succeeded":                                "True",
		"{'changed': false, 'results': [{'changed': true}]} is changed": "False",
		"{'results': [{'changed': true}]} is changed":                   "True",
		"{'skipped': true} is skipped":                                  "True",
		"{} is finished":                                                "True",
		"{'finished': 0} is finished":                                   "False",
		"{'unreachable': true} is unreachable":                          "True",
		"{'timedout': {'period': 5}} is timedout":                       "True",
		"{} is timedout":                                                "False",
		"[1, 2, 3] is superset([1])":                                    "True",
		"'x' is truthy":                                                 "True",
		"'no' is truthy(convert_bool=true)":                             "False",
		"'abc' is match('b')":                                           "False",
		"'abc' is search('b')":                                          "True",
		"'ABC' is match('abc', ignorecase=true)":                        "True",
		"'a\\nb' is search('^b', multiline=true)":                       "True",
		"'abc' is regex('b', match_type='match')":                       "False",
		"'abc' is regex('abc', match_type='fullmatch')":                 "True",
		"'a|b' is match('x|a')":                                         "True",
		"'1.2.3' is version('1.10.0', '<')":                             "True",
		"'1.0.0-rc1' is version('1.0.0', '<', version_type='semver')":   "True",
		"'12.4' is version('12', '>=')":                                 "True",
		"'https://x/' is url":                                           "True",
		"'mailto:a' is uri":                                             "True",
		"'urn:isbn:1' is urn":                                           "True",
		"'$ANSIBLE_VAULT;1.1' is vault_encrypted":                       "True",
		"1 is ansible.builtin.contains(1) if false else true":           "True",
		"'ansible.builtin.bool' is filter":                              "True",
	})
	jinjatest.WantErrors(t, empty, map[string]string{
		"1 is failed": "expects a dictionary", "'a' is version('1', 'nope')": "", "'' is version('1')": "cannot be empty",
		"'a' is odd": "needs an integer", "nosuch is string": "'nosuch' is undefined",
	})
}
