package law

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// environment is what random inventories have in common: every module, on three nodes.
const environment = `
all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
      vars: { pg_cluster: pg-test }
    redis-ms:
      hosts: { 10.10.10.10: { redis_node: 1, redis_instances: { 6379: {}, 6380: { replica_of: '10.10.10.10 6379' } } } }
      vars: { redis_cluster: redis-ms, redis_password: 'redis.ms' }
  vars:
    admin_ip: 10.10.10.10
    pg_version: 17
    pg_conf: tiny.yml
    node_repo_modules: local
    node_tune: none
    node_timezone: UTC
`

var environmentNodes = []string{"10.10.10.10", "10.10.10.11", "10.10.10.12"}

// knob is one thing that random inventories differ in: a variable of a group, "" for all, or of one of its hosts.
type knob struct {
	group, host, name string
	draw              func(r *rand.Rand) any // nil leaves the variable out
}

// is draws one of some values.
func is(values ...any) func(*rand.Rand) any {
	return func(r *rand.Rand) any { return values[r.IntN(len(values))] }
}

// some draws a few of some values, in a random order.
func some(values ...any) func(*rand.Rand) any {
	return func(r *rand.Rand) any {
		all := slices.Clone(values)
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all[:r.IntN(len(all)+1)]
	}
}

// record draws a mapping: each field is left out half of the time.
func record(always map[string]any, fields map[string]func(*rand.Rand) any) func(*rand.Rand) any {
	names := make([]string, 0, len(fields))
	for n := range fields {
		names = append(names, n)
	}
	slices.Sort(names)
	return func(r *rand.Rand) any {
		m := map[string]any{}
		for k, v := range always {
			m[k] = v
		}
		for _, n := range names {
			if r.IntN(2) == 0 {
				m[n] = fields[n](r)
			}
		}
		return m
	}
}

// records draws some of a few records, each with fields of its own.
func records(key string, keys []string, fields map[string]func(*rand.Rand) any, always map[string]any) func(*rand.Rand) any {
	return func(r *rand.Rand) any {
		all := []any{}
		for _, k := range keys {
			if r.IntN(3) > 0 {
				m := map[string]any{key: k}
				for f, v := range always {
					m[f] = v
				}
				all = append(all, record(m, fields)(r))
			}
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all
	}
}

// numbered draws records whose numbers are different.
func numbered(first int, field string, draw func(*rand.Rand) any) func(*rand.Rand) any {
	return func(r *rand.Rand) any {
		all, _ := draw(r).([]any)
		for i, m := range all {
			m.(map[string]any)[field] = first + i
		}
		return all
	}
}

// randomInventory is one that has some of the knobs turned.
type randomInventory struct {
	values map[int]any // by knob
}

func drawInventory(r *rand.Rand) randomInventory {
	i := randomInventory{values: map[int]any{}}
	for k := range knobs {
		if r.IntN(3) == 0 {
			i.values[k] = knobs[k].draw(r)
		}
	}
	return i
}

// edited turns a few knobs, and tells which.
func (i randomInventory) edited(r *rand.Rand) (randomInventory, []string) {
	e := randomInventory{values: map[int]any{}}
	for k, v := range i.values {
		e.values[k] = v
	}
	var turned []string
	for range 1 + r.IntN(5) {
		k := r.IntN(len(knobs))
		if _, set := e.values[k]; set && r.IntN(3) == 0 {
			delete(e.values, k)
		} else {
			e.values[k] = knobs[k].draw(r)
		}
		if !slices.Contains(turned, knobs[k].name) {
			turned = append(turned, knobs[k].name)
		}
	}
	slices.Sort(turned)
	return e, turned
}

// text writes the inventory as YAML.
func (i randomInventory) text() string {
	var root map[string]any
	if err := yaml.Unmarshal([]byte(environment), &root); err != nil {
		panic(err)
	}
	all := root["all"].(map[string]any)
	for k, v := range i.values {
		if v == nil {
			continue
		}
		scope := all
		if g := knobs[k].group; g != "" {
			scope = all["children"].(map[string]any)[g].(map[string]any)
		}
		vars, _ := scope["vars"].(map[string]any)
		if h := knobs[k].host; h != "" {
			vars = scope["hosts"].(map[string]any)[h].(map[string]any)
		} else if vars == nil {
			vars = map[string]any{}
			scope["vars"] = vars
		}
		vars[knobs[k].name] = v
	}
	b, err := yaml.Marshal(root)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(b), "\t", " ")
}

// verdict is what one edit came to.
type verdict struct {
	turned                         []string
	planned, unknown, applied      int
	unplanned, missed, left, again int
}

func (v verdict) row(n int) string {
	return fmt.Sprintf("| %d | %s | %d | %d | %d | %d | %d | %d | %d |", n, strings.Join(v.turned, ", "), v.planned, v.unknown, v.applied, v.unplanned, v.missed, v.left, v.again)
}
