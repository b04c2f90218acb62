package inventory

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/value"
)

var update = flag.Bool("update", false, "write the golden files")

func load(t testing.TB, sources ...string) *Inventory {
	t.Helper()
	inv, warnings, err := Load(sources, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		t.Log(w)
	}
	return inv
}

// write makes files below a new directory and gives its path.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(hosts []*Host) string { return strings.Join(hostNames(hosts), " ") }

func TestSeedExamplesLoad(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"modules.yml": "10.10.10.10 10.10.10.11 10.10.10.12 10.10.10.13",
		"custom.yml":  "10.10.10.10",
		"secure.yml":  "10.10.10.10 10.10.10.11 10.10.10.12 10.10.10.13",
		"citus.yml":   "10.10.10.10 10.10.10.11 10.10.10.12 10.10.10.13 10.10.10.14",
		"redis.yml":   "10.10.10.10 10.10.10.11 10.10.10.12 10.10.10.13",
		"storage.yml": "10.10.10.10 10.10.10.11 10.10.10.12",
	} {
		inv, warnings, err := Load([]string{filepath.Join("../../testdata/seed", file)}, Options{})
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v %v", file, err, warnings)
		}
		if got := names(inv.Hosts()); got != want {
			t.Errorf("%s: hosts %s, want %s", file, got, want)
		}
	}
}

func TestVariablesOfAHostInSeveralGroupsMerge(t *testing.T) {
	t.Parallel()
	inv := load(t, "../../testdata/seed/modules.yml")
	h := inv.Host("10.10.10.10")
	want := "{'admin_ip': '10.10.10.10', 'etcd_cluster': 'etcd', 'minio_cluster': 'minio', 'pg_cluster': 'pg-meta', " +
		"'infra_seq': 1, 'minio_seq': 1, 'etcd_seq': 1, 'pg_seq': 1, 'pg_role': 'primary'}"
	if got := value.Repr(inv.Vars(h)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := strings.Join(inv.GroupNames(h), " "); got != "etcd infra minio pg-meta" {
		t.Errorf("groups %s", got)
	}
	if got := inv.Where(h, "pg_role").String(); got != "../../testdata/seed/modules.yml:11:51" {
		t.Errorf("pg_role is at %s", got)
	}
}

func TestMistakesAreToldTogetherWithTheirPlaces(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/mistakes/*.yml")
	for _, file := range files {
		_, warnings, err := Load([]string{file}, Options{})
		got := fmt.Sprintf("errors:\n%v\nwarnings:\n%v\n", err, warnings.Error())
		golden(t, strings.TrimSuffix(file, ".yml")+".golden", got)
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", file, got)
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"inv/hosts.yml": `
all:
  vars: {v1: all, v2: all, v3: all, v4: all, v5: all, v6: all, v7: all, v8: all, v9: all, v10: all}
  children:
    parent:
      vars: {v2: parent, v3: parent, v4: parent, v5: parent, v6: parent, v7: parent, v8: parent, v9: parent, v10: parent}
      children:
        a: {hosts: {h: }, vars: {v3: a, v4: a, pri: a}}
        z: {hosts: {h: {v9: host, v10: host, v8: host}}, vars: {v3: z, pri: z, ansible_group_priority: 1}}
        m: {hosts: {h: }, vars: {pri: m, ansible_group_priority: 10}}
    zz-top: {hosts: {h: }, vars: {v3: top, v2: top}}
`,
		"inv/group_vars/all.yml":       "v4: gv-all\nv5: gv-all\nv6: gv-all\nv7: gv-all\nv8: gv-all\nv9: gv-all",
		"inv/group_vars/parent/10.yml": "v5: gv-parent\nv6: gv-parent\nv7: gv-parent",
		"inv/group_vars/parent/20":     "v6: gv-parent2\nv7: gv-parent2",
		"inv/group_vars/parent/.x.yml": "v6: hidden",
		"inv/group_vars/parent/x.txt":  "v6: text",
		"inv/group_vars/a.json":        `{"v7": "gv-a"}`,
		"inv/host_vars/h.yaml":         "v9: hv",
		"play/group_vars/all":          "v5: pgv-all\nnew: pgv-all",
		"play/group_vars/z.yml":        "v7: pgv-z",
		"play/host_vars/h":             "v10: phv",
	})
	inv, _, err := Load([]string{filepath.Join(dir, "inv/hosts.yml")}, Options{PlaybookDir: filepath.Join(dir, "play")})
	if err != nil {
		t.Fatal(err)
	}
	vars := inv.Vars(inv.Host("h"))
	for name, want := range map[string]string{
		"v1": "all", "v2": "top", "v3": "z", "v4": "gv-all", "v5": "gv-parent", "v6": "gv-parent2", "v7": "pgv-z",
		"v8": "host", "v9": "hv", "v10": "phv", "pri": "m", "new": "pgv-all",
	} {
		if got := vars.At(name); got != want {
			t.Errorf("%s is %v, want %s", name, got, want)
		}
	}
	if vars.Has("ansible_group_priority") {
		t.Error("ansible_group_priority is a variable")
	}
}

func TestINI(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"hosts": `
# lone hosts first
mail.example.com ansible_port=5556 note="a b" ; this is not a comment in a host line
[web]
www[01:03].example.com http_port=80 up=True tags="['a', 'b']"
db-[a:b]:2222
[prod:children]
web
cache
[prod:vars]
ntp = ntp.example.com
some_list=[1, 2]
text=yes
[cache]
10.1.1.1
`})
	_, _, err := Load([]string{filepath.Join(dir, "hosts")}, Options{})
	if err == nil || !strings.Contains(err.Error(), "hosts:3:1: expected key=value host variable assignment, got: ;") {
		t.Errorf("err is %v", err)
	}
	dir = write(t, map[string]string{"hosts": strings.Replace(read(t, filepath.Join(dir, "hosts")), "; this is", "# this is", 1)})
	inv := load(t, filepath.Join(dir, "hosts"))
	if got := names(inv.Hosts()); got != "mail.example.com www01.example.com www02.example.com www03.example.com db-a db-b 10.1.1.1" {
		t.Errorf("hosts %s", got)
	}
	for host, want := range map[string]string{
		"mail.example.com":  "{'ansible_port': 5556, 'note': 'a b'}",
		"www02.example.com": "{'ntp': 'ntp.example.com', 'some_list': [1, 2], 'text': 'yes', 'http_port': 80, 'up': True, 'tags': ['a', 'b']}",
		"db-b":              "{'ntp': 'ntp.example.com', 'some_list': [1, 2], 'text': 'yes', 'ansible_port': 2222}",
	} {
		if got := value.Repr(inv.Vars(inv.Host(host))); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
	if got := names(inv.HostsOf(inv.Group("ungrouped"))); got != "mail.example.com" {
		t.Errorf("ungrouped: %s", got)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSourcesMergeInOrder(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"d/10-a.yml":           "g: {hosts: {h1: {x: 1, y: 1}}}",
		"d/20-b.yml":           "g: {hosts: {h1: {x: 2}, h2: }, vars: {z: 1}}",
		"d/20-b.yml.bak":       "junk: [",
		"d/.hidden":            "junk: [",
		"d/group_vars/g.yml":   "z: 2",
		"script":               "#!/bin/sh\ncase $1 in --list) echo '{\"g\": {\"hosts\": [\"h3\"], \"vars\": {\"w\": 1}}, \"s\": [\"h1\"], \"_meta\": {\"hostvars\": {\"h3\": {\"6379\": {}}}}}';; esac\n",
		"noextension":          "all:\n  hosts:\n    h9: {x: 9}\n",
		"broken":               "#!/bin/sh\necho oops >&2\nexit 3\n",
		"old":                  "#!/bin/sh\nif [ $1 = --list ]; then echo '{\"g\": [\"h1\"]}'; else echo '{\"me\": \"'$2'\"}'; fi\n",
		"host_vars/h3/main.ym": "no: 1",
	})
	inv := load(t, dir+"/d", dir+"/script", "h4,h5:22,", dir+"/noextension", dir+"/old")
	if got := names(inv.Hosts()); got != "h1 h2 h3 h4 h5 h9" {
		t.Errorf("hosts %s", got)
	}
	for host, want := range map[string]string{
		"h1": "{'z': 2, 'w': 1, 'x': 2, 'y': 1, 'me': 'h1'}",
		"h3": "{'z': 2, 'w': 1, '6379': {}, 'me': 'h3'}",
		"h5": "{'ansible_port': 22, 'me': 'h5'}",
	} {
		if got := value.Repr(inv.Vars(inv.Host(host))); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
	_, _, err := Load([]string{dir + "/broken", "nosuch"}, Options{})
	if err == nil || !strings.Contains(err.Error(), "oops") || !strings.Contains(err.Error(), "a list of hosts needs a comma: nosuch,") {
		t.Errorf("err is %v", err)
	}
}

func TestTextsThatAreInNoFileLoad(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"g": {"hosts": ["h"], "vars": {"a": 1}}, "_meta": {"hostvars": {"h": {"b": {"6379": {}}}}}}`: "{'a': 1, 'b': {'6379': {}}}",
		`{"g": {"hosts": {"h": {"b": 2}}, "vars": {"a": 1}}}`:                                          "{'a': 1, 'b': 2}",
		"g: {hosts: {h: {b: 2}}}": "{'b': 2}",
	} {
		inv, _, err := LoadText("cmdb", []byte(text), Options{})
		if err != nil || value.Repr(inv.Vars(inv.Host("h"))) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestImplicitLocalhost(t *testing.T) {
	t.Parallel()
	inv := load(t, "../../testdata/seed/modules.yml")
	h := inv.Host("localhost")
	if h == nil || !h.Implicit || inv.Vars(h).At("ansible_connection") != "local" || inv.Vars(h).At("admin_ip") != "10.10.10.10" {
		t.Errorf("localhost is %+v", h)
	}
	if len(inv.Hosts()) != 4 {
		t.Error("the implicit localhost is listed")
	}
	if inv.Host("nosuch") != nil {
		t.Error("an unknown host exists")
	}
}

func TestRuntimeChangesStayInTheClone(t *testing.T) {
	t.Parallel()
	inv := load(t, "../../testdata/seed/modules.yml")
	c := inv.Clone()
	if _, changed, err := c.AddHost("new", []string{"pg-test", "fresh"}, value.DictOf("a", int64(1))); err != nil || !changed {
		t.Fatal(err, changed)
	}
	if _, changed, _ := c.AddHost("new", []string{"fresh"}, value.DictOf("a", int64(1))); changed {
		t.Error("adding the same again is a change")
	}
	if got := value.Repr(c.Vars(c.Host("new"))); got != "{'admin_ip': '10.10.10.10', 'pg_cluster': 'pg-test', 'a': 1}" {
		t.Errorf("new has %s", got)
	}
	hosts, err := c.Match("fresh")
	if err != nil || names(hosts) != "new" {
		t.Errorf("fresh: %v %v", names(hosts), err)
	}
	if inv.Host("new") != nil || inv.Group("fresh") != nil {
		t.Error("the original changed")
	}
	if _, err := c.AddGroup("all", "fresh"); err == nil {
		t.Error("a circle of groups is taken")
	}
}

func TestDigestFollowsMeaningOnly(t *testing.T) {
	t.Parallel()
	one := write(t, map[string]string{"i.yml": "g: {hosts: {a: {x: 1, y: [1, 2]}, b: }, vars: {z: '1'}}"})
	same := write(t, map[string]string{"i.yml": "# comment\ng:\n  vars: {z: '1'}\n  hosts: {b: , a: {y: [1, 2], x: 1}}"})
	other := write(t, map[string]string{"i.yml": "g: {hosts: {a: {x: 1, y: [1, 2]}, b: }, vars: {z: 1}}"})
	digest := func(dir string) string {
		inv := load(t, dir+"/i.yml")
		return inv.Digest(inv.Hosts())
	}
	if digest(one) != digest(same) {
		t.Error("order or comments change the digest")
	}
	if digest(one) == digest(other) {
		t.Error("'1' and 1 have one digest")
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"i.yml": "all:\n  vars: {v: 1}\n  children:\n    p: {children: {c: {hosts: {a: {password: x}, b: }}}}\n    q: {hosts: {a: }}\n"})
	inv := load(t, dir+"/i.yml")
	if got, want := inv.Graph(inv.Group("all"), View{}), `@all:
  |--@ungrouped:
  |--@p:
  |  |--@c:
  |  |  |--a
  |  |  |--b
  |--@q:
  |  |--a
`; got != want {
		t.Errorf("graph:\n%s", got)
	}
	if got, want := value.Repr(inv.List(View{})), "{'_meta': {'hostvars': {'a': {'v': 1, 'password': 'x'}, 'b': {'v': 1}}}, "+
		"'all': {'children': ['ungrouped', 'p', 'q']}, 'p': {'children': ['c']}, 'q': {'hosts': ['a']}, 'c': {'hosts': ['a', 'b']}}"; got != want {
		t.Errorf("list: %s", got)
	}
}

// A thousand hosts in fifty clusters, each with users, databases and rules, with 60 global variables.
func BenchmarkThousandHosts(b *testing.B) {
	var s strings.Builder
	s.WriteString("all:\n  vars:\n")
	for i := range 60 {
		fmt.Fprintf(&s, "    global_%d: [{name: a%d, value: 1}, {name: b, value: '{{ x }}'}]\n", i, i)
	}
	s.WriteString("  children:\n")
	for c := range 50 {
		fmt.Fprintf(&s, "    pg-%d:\n      vars:\n        pg_cluster: pg-%d\n        pg_users: [{name: u1, password: secret, roles: [dbrole_admin]}, {name: u2}]\n      hosts:\n", c, c)
		for h := range 20 {
			fmt.Fprintf(&s, "        10.%d.0.%d: { pg_seq: %d, pg_role: replica }\n", c, h+1, h+1)
		}
	}
	dir := write(b, map[string]string{"pigsty.yml": s.String()})
	for b.Loop() {
		inv := load(b, dir+"/pigsty.yml")
		for _, h := range inv.Hosts() {
			inv.Vars(h)
		}
		inv.Digest(inv.Hosts())
	}
}
