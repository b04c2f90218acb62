package cli

import (
	"os"
	"slices"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/playbook"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Each verb works alone: what a task reads of a node is brought before it, under every tag that selects the task.
func TestAPlaybookBringsWhatItsTasksRead(t *testing.T) {
	s := ownContent()
	for _, c := range []struct{ playbook, reads, brings string }{
		{"etcd", "Configure etcd", "Copy the certificate of the CA"},
		{"etcd", "Configure etcd", "Copy the list of revoked certificates"},
		{"pgsql", "Render Patroni configuration and HBA rules", "Copy the list of revoked certificates for PostgreSQL"},
		{"pgsql", "Render Patroni configuration and HBA rules", "Link the certificate of the CA by checksum"},
		{"pgsql", "Render pg_exporter TLS options", "Copy the key and certificate of the host"},
		{"pgsql", "Render pg_exporter unit options", "Copy the certificate of the CA"},
		{"redis", "Render passwords of redis_exporter", "Copy the key and certificate of the host"},
		{"redis", "Render redis_exporter options", "Copy the certificate of the CA"},
		{"node", "Copy the certificate and revocation list of HAProxy's page", "Copy the key and certificate of the host"},
	} {
		tasks := reached(t, s, c.playbook)
		at := func(name string) int {
			return slices.IndexFunc(tasks, func(t *playbook.Task) bool { return t.Name == name })
		}
		reads, brings := at(c.reads), at(c.brings)
		if reads < 0 || brings < 0 || brings > reads {
			t.Errorf("%s: %q is at %d, and what it reads, %q, at %d", c.playbook, c.reads, reads, c.brings, brings)
			continue
		}
		for _, tag := range tasks[reads].AllTags() {
			if !slices.Contains(tasks[brings].AllTags(), tag) {
				t.Errorf("%s: -t %s selects %q without %q", c.playbook, tag, c.reads, c.brings)
			}
		}
	}
}

// The load balancers that check a cluster are those of its provider, also where its members have none.
func TestWhoseLoadBalancersCheckACluster(t *testing.T) {
	text, err := os.ReadFile("../../roles/pgsql/vars/main.yml")
	if err != nil {
		t.Fatal(err)
	}
	read, _, err := yaml.Parse(text, "main.yml", yaml.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		provider string
		own      bool
		want     string
	}{
		{"", true, "['10.0.0.1', '10.0.0.2']"}, {"", false, "[]"}, {"infra", true, "['10.0.0.8', '10.0.0.9']"}, {"infra", false, "['10.0.0.8', '10.0.0.9']"},
	} {
		vars := read.(*value.Dict).Clone()
		vars.Update(value.DictOf("pg_service_provider", c.provider, "haproxy_enabled", c.own, "pg_service_hosts", value.NewList("10.0.0.8", "10.0.0.9"),
			"pg_cluster_members", value.NewList("10.0.0.1", "10.0.0.2", "10.0.0.3"), "ansible_play_hosts", value.NewList("10.0.0.1", "10.0.0.2", "10.0.0.7")))
		got, err := jinja.New(jinja.Options{}).Scope(variables{vars}).Value(vars.At("pg_balancers"), diag.Pos{})
		if err != nil || value.Repr(got) != c.want {
			t.Errorf("provider %q, load balancers of its own %t: %s, want %s, %v", c.provider, c.own, value.Repr(got), c.want, err)
		}
	}
}

// A debug above the verbosity of a run is skipped, and notifies nobody: so it was with a new certificate for the pool.
func TestWhatNotifiesIsNotSkipped(t *testing.T) {
	s := ownContent()
	notifying := 0
	for _, name := range []string{"infra", "node", "etcd", "minio", "pgsql", "redis"} {
		for _, task := range reached(t, s, name) {
			if len(task.Notify) > 0 {
				notifying++
			}
			if len(task.Notify) > 0 && task.Action == "debug" {
				t.Errorf("%s: %q notifies %v and is skipped", name, task.Name, task.Notify)
			}
		}
	}
	if notifying == 0 {
		t.Error("no task notifies anybody: this proves nothing")
	}
}
