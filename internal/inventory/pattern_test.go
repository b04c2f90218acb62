package inventory

import (
	"strings"
	"testing"
)

const patternInventory = `
all:
  children:
    web: {hosts: {"web[1:4]": }}
    db: {hosts: {db1: , db2: , web1: }}
    pg-test: {hosts: {10.10.10.11: , 10.10.10.12: , 10.10.10.13: }}
`

// Colons of IPv6 addresses do not part a pattern that is one; in brackets they part none.
func TestPatternsOfIPv6(t *testing.T) {
	t.Parallel()
	inv := load(t, write(t, map[string]string{"i.yml": `
pg-six: {hosts: {"2001:db8::10": , "2001:db8::11": , "2001:db8::12": {ansible_host: 10.0.0.1}}}
db: {hosts: {db1: , db2: }}
web: {hosts: {db1: , web1: }}
`})+"/i.yml")
	for pattern, want := range map[string]string{
		"2001:db8::10":                     "2001:db8::10",
		"[2001:db8::10]":                   "2001:db8::10",
		"2001:db8::12,2001:db8::10":        "2001:db8::12 2001:db8::10",
		"pg-six,!2001:db8::11":             "2001:db8::10 2001:db8::12",
		"pg-six:![2001:db8::11]":           "2001:db8::10 2001:db8::12",
		"pg-six:&[2001:db8::11]":           "2001:db8::11",
		"db:[2001:db8::11]":                "db1 db2 2001:db8::11",
		"[2001:db8::12]:[2001:db8::11]:db": "2001:db8::12 2001:db8::11 db1 db2",
		"pg-six[0]":                        "2001:db8::10",
		"db:web:pg-six":                    "db1 db2 web1 2001:db8::10 2001:db8::11 2001:db8::12",
	} {
		hosts, err := inv.Match(pattern)
		if got := names(hosts); got != want || err != nil {
			t.Errorf("%s: %q %v, want %q", pattern, got, err, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"i.yml": patternInventory, "retry": "web2\n db1 \n\n"})
	inv := load(t, dir+"/i.yml")
	for pattern, want := range map[string]string{
		"all":                       "web1 web2 web3 web4 db1 db2 10.10.10.11 10.10.10.12 10.10.10.13",
		"*":                         "web1 web2 web3 web4 db1 db2 10.10.10.11 10.10.10.12 10.10.10.13",
		"web":                       "web1 web2 web3 web4",
		"db,web":                    "db1 db2 web1 web2 web3 web4",
		"db:web":                    "db1 db2 web1 web2 web3 web4",
		"web:&db":                   "web1",
		"&db:web":                   "web1",
		"web:!db":                   "web2 web3 web4",
		"!web:!pg-test":             "db1 db2",
		"web[0]":                    "web1",
		"web[-1]":                   "web4",
		"web[1:2]":                  "web2 web3",
		"web[2:]":                   "web3 web4",
		"web[7:9]":                  "",
		"~web[13]":                  "web1 web3",
		"~(web|db)1":                "web1 db1",
		"web*":                      "web1 web2 web3 web4",
		"db?":                       "db1 db2",
		"web[!12]":                  "web3 web4",
		"1[0].10.10.1[!3]":          "10.10.10.11 10.10.10.12",
		"10.10.10.*":                "10.10.10.11 10.10.10.12 10.10.10.13",
		"pg-test,!10.10.10.11":      "10.10.10.12 10.10.10.13",
		"10.10.10.12 , 10.10.10.11": "10.10.10.12 10.10.10.11",
		"localhost":                 "localhost",
		"@" + dir + "/retry":        "web2 db1",
		"ungrouped":                 "",
	} {
		hosts, err := inv.Match(pattern)
		if got := names(hosts); got != want || err != nil {
			t.Errorf("%s: %q %v, want %q", pattern, got, err, want)
		}
	}
	for pattern, want := range map[string]string{
		"pg-tset":      "did you mean pg-test?",
		"web,nosuch":   "could not match supplied host pattern: nosuch",
		"web:!bd":      "did you mean db?",
		"~web(":        "bad pattern",
		"web[9]":       "no hosts matched the subscripted pattern",
		"@" + "nofile": "unable to find limit file",
		"web:&":        "a pattern is missing",
	} {
		if _, err := inv.Match(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", pattern, err, want)
		}
	}
	hosts, warnings, err := inv.Select("nosuch,db")
	if names(hosts) != "db1 db2 web1" || len(warnings) != 1 || err != nil {
		t.Errorf("select: %v %v %v", names(hosts), warnings, err)
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"db[01:03]":        "db01 db02 db03",
		"db[1:10:4]x":      "db1x db5x db9x",
		"[a:c]":            "a b c",
		"r[1:2]n[a:b]":     "r1na r1nb r2na r2nb",
		"x[:2]":            "x0 x1 x2",
		"::1":              "::1",
		"[fe80::1]:22":     "fe80::1",
		"10.0.0.[8:10]:80": "10.0.0.8 10.0.0.9 10.0.0.10",
	} {
		hosts, _, err := ExpandHosts(name)
		if got := strings.Join(hosts, " "); got != want || err != nil {
			t.Errorf("%s: %s %v, want %s", name, got, err, want)
		}
	}
	for _, name := range []string{"db[1:]", "db[3:1]", "db[01:100]", "db[1", "db[1]", "db[1:2:0]", "x[1:99999999]", "[0:999][0:999]", "x:70000"} {
		if hosts, _, err := ExpandHosts(name); err == nil {
			t.Errorf("%s is taken: %d hosts", name, len(hosts))
		}
	}
}

func FuzzPattern(f *testing.F) {
	dir := write(f, map[string]string{"i.yml": patternInventory})
	inv := load(f, dir+"/i.yml")
	for _, s := range []string{"a:b", "~[", "web[0]", "[!]", "[]]", "!", "&", "web[1:", "**", "[fe80::1]:22", "[[a]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if strings.Contains(pattern, "@") {
			return
		}
		_, _ = inv.Match(pattern)
		_, _, _ = ExpandHosts(pattern)
	})
}
