package modules

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"pig/internal/module"
)

var (
	memberName = regexp.MustCompile(`(?m)^name:\s*(\S.*)$`)
	scope      = regexp.MustCompile(`(?m)^scope:\s*(\S.*)$`)
	version    = regexp.MustCompile(`-\d+$`)
)

// sameName refuses another instance name for a member that has data: Patroni, etcd, the backups and the metrics know it by the present one.
func sameName(c *module.Call, is string) error {
	declared := c.Args.String("instance")
	if is == "" || is == declared {
		return nil
	}
	cluster, seq := nameParts(is)
	toCluster, toSeq := nameParts(declared)
	var keep []string
	if cluster != toCluster {
		keep = append(keep, "pg_cluster: "+cluster)
	}
	if seq != toSeq {
		keep = append(keep, "pg_seq: "+seq)
	}
	return fmt.Errorf("cannot rename %s to %s: restore %s, or remove the member first (pig pgsql-rm %s %s), then add it again",
		is, declared, strings.Join(keep, " and "), cluster, c.Args.String("host"))
}

// nameParts are the cluster and the number in the name of an instance.
func nameParts(instance string) (cluster, seq string) {
	at := strings.LastIndexByte(instance, '-')
	return instance[:max(at, 0)], instance[at+1:]
}

// sameVersion refuses another version for a cluster whose directory differs from the declared one by its version alone.
func sameVersion(is, declared string) error {
	runs, wanted := version.FindString(is), version.FindString(declared)
	if runs == "" || wanted == "" || runs == wanted || path.Clean(strings.TrimSuffix(is, runs)) != path.Clean(strings.TrimSuffix(declared, wanted)) {
		return nil
	}
	runs, wanted = runs[1:], wanted[1:]
	return fmt.Errorf("pg_version: the cluster runs %s, not %s: restore pg_version: %s, or create a new cluster with %s and load a dump of this one", runs, wanted, runs, wanted)
}
