package model

import (
	"fmt"
	"strings"
)

// Pools are the numbers of drives in the pools that MINIO_VOLUMES describes: each pattern with a range is a pool; directories
// without one are a pool together.
func Pools(volumes string) []int {
	patterns := strings.Fields(volumes)
	if !strings.Contains(volumes, "{") {
		return []int{len(patterns)}
	}
	var pools []int
	for _, p := range patterns {
		pools = append(pools, len(Dirs(p)))
	}
	return pools
}

// Grows tells why servers that have served the volumes of was do not start with those of now; nil if they do. A pool keeps the
// drives that it was made with: a cluster grows by another pool.
func Grows(was, now string) error {
	old, pools := Pools(was), Pools(now)
	for i, n := range old {
		switch {
		case i >= len(pools):
			return fmt.Errorf("MinIO serves %d pools of drives, but %q has %d: decommission a pool before removing the pool (mc admin decommission)", len(old), now, len(pools))
		case pools[i] != n:
			return fmt.Errorf("MinIO serves %q, a pool of %d drives, but %q has %d: the drives of a pool cannot change. Add another pool: minio_volumes: '%s ...', with the new nodes and drives instead of the dots", was, n, now, pools[i], was)
		}
	}
	return nil
}

// Paths are the directories of drives that MINIO_VOLUMES names, as patterns, without the nodes that they are on.
func Paths(volumes string) (paths []string) {
	for pattern := range strings.FieldsSeq(volumes) {
		if _, rest, remote := strings.Cut(pattern, "://"); remote {
			_, path, _ := strings.Cut(rest, "/")
			pattern = "/" + path
		}
		paths = append(paths, pattern)
	}
	return paths
}
