package cli

import (
	"fmt"
	"strings"
)

// knew are the passwords that hosts of a module have seen. CLUSTER stands for the name of the cluster.
var knew = map[string][]string{
	"etcd":  {"etcd_root_password"},
	"pgsql": {"pg_replication_password", "pg_monitor_password", "pg_admin_password", "patroni_password", "haproxy_admin_password", "CLUSTER.pg_etcd_password"},
	"minio": {"minio_secret_key"},
	"redis": {"redis_password"},
	"node":  {"haproxy_admin_password"},
}

// tellKnown tells which passwords hosts take along that leave a module, and how to change them. cluster is "" where it goes too.
func (s *session) tellKnown(module, cluster string, hosts []string) {
	var names []string
	for _, name := range knew[module] {
		if rest, of := strings.CutPrefix(name, "CLUSTER."); of && cluster != "" {
			names = append(names, cluster+"."+rest)
		} else if !of {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	where := strings.Join(hosts, ", ")
	if module != "redis" {
		fmt.Fprintf(s.app.err, "The certificates of %s are revoked; etcd refuses them once pig apply has run.\n", where)
	}
	fmt.Fprintf(s.app.err, "Passwords that %s knew; rotate those that stay in use: %s\n", where, strings.Join(names, " "))
}
