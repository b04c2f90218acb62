package cli

import (
	"strings"
	"testing"
)

// Templates of an inventory use what Ansible has without a connection, what the inventory says, pig's defaults, and what follows from the inventory.
func TestTemplatesOfAnInventory(t *testing.T) {
	t.Parallel()
	for text, wrong := range map[string]string{
		"{{ 'UTC' if inventory_hostname == '10.10.10.10' else 'Asia/Shanghai' }}": "",
		"{{ 'UTC' if 'nodes' in group_names else 'x' }}":                          "",
		"{{ 'UTC' if groups.nodes | length == 2 else 'x' }}":                      "",
		"{{ hostvars['10.10.10.11'].zone }}":                                      "",
		"{{ 'UTC' if pg_port == 5432 else 'x' }}":                                 "", // a default
		"{{ 'UTC' if pg_instance == 'pg-meta-1' else 'Asia/Shanghai' }}":          "", // what follows from the inventory
		"{{ 'UTC' if ansible_processor_vcpus > 1 else 'Asia/Shanghai' }}":         "", // a fact, which the run has
		"{{ 'UTC' if inventory_hostnam == 'x' else 'y' }}":                        "'inventory_hostnam' is undefined",
	} {
		code, out := validateText(t, `all:
  children:
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-meta } }
    nodes: { hosts: { 10.10.10.10: { }, 10.10.10.11: { pg_instance: none, zone: "{{ inventory_hostname and 'UTC' }}" } } }
  vars:
    pg_version: 17
    admin_ip: 10.10.10.10
    node_timezone: "`+text+`"
`)
		if (code == 0) != (wrong == "") || !strings.Contains(out, wrong) {
			t.Errorf("%s: exit status %d, want %q:\n%s", text, code, wrong, out)
		}
	}
}
