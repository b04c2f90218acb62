package products

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pig/internal/health"
	"pig/internal/product"
	"pig/internal/value"
	"pig/internal/yaml"
)

// pig status knows each unit that a role stops where a parameter switches it off, by the same file.
func TestStatusKnowsWhatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	env, diags := product.Resolve(loadText(t, `all:
  children:
    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } } }
    pg: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg } }
    redis: { hosts: { 10.0.0.1: { redis_node: 1, redis_instances: { 6379: {} } } }, vars: { redis_cluster: redis } }
  vars: { admin_ip: 10.0.0.1 }
`), All(), product.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var known, stopped []string
	for _, p := range All() {
		if o, ok := p.(health.Switched); ok {
			for _, s := range o.Switches(env, "10.0.0.1") {
				known = append(known, fmt.Sprintf("%s %s %q", s.Unit, s.File, s.Begins))
			}
		}
	}
	err := filepath.WalkDir("../../roles", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yml") || !strings.Contains(path, "/tasks/") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tasks, _, err := yaml.Parse(text, path, yaml.Options{})
		for _, item := range health.Items(tasks) {
			if task, ok := item.(*value.Dict); ok {
				if r, ok := task.At("retire").(*value.Dict); ok {
					stopped = append(stopped, fmt.Sprintf("%v %v %q", r.At("unit"), r.At("file"), r.At("begins")))
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(known)
	slices.Sort(stopped)
	if !slices.Equal(known, stopped) {
		t.Errorf("status knows\n%s\nroles stop\n%s", strings.Join(known, "\n"), strings.Join(stopped, "\n"))
	}
}
