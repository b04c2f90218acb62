package modules

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// etcdPlace refuses another name (name), cluster (cluster) and directory (data) for a member that has data: etcd knows the member by what is in
// there. config is the configuration that it has, before it is written anew.
func etcdPlace() module.Module {
	return module.Module{
		Name: "etcd_place",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "cluster", Required: true}, {Name: "data", Type: module.Path, Required: true},
			{Name: "config", Type: module.Path, Default: "/etc/etcd/etcd.conf"},
		}},
		Run: runEtcdPlace,
	}
}

func runEtcdPlace(_ context.Context, c *module.Call) (*value.Dict, error) {
	result := value.DictOf("changed", false)
	text, _, err := c.Present(c.Args.String("config"))
	data := configured(dataDir, text)
	if err != nil || data == "" {
		return result, err
	}
	there, err := c.System.Files().Stat(path.Join(data, "member"), true)
	if err != nil || !there.Exists() || there.Assumed {
		return result, err
	}
	name := configured(memberName, text)
	const orAnew = "or remove the member first (pig etcd-rm), then add it again"
	if now := c.Args.String("data"); path.Clean(data) != path.Clean(now) {
		return nil, fmt.Errorf("cannot move the data of %s from %s to %s: restore etcd_data, %s", name, data, now, orAnew)
	}
	if is, now := configured(clusterToken, text), c.Args.String("cluster"); is != "" && is != now {
		return nil, fmt.Errorf("cannot rename cluster %s to %s, of which %s has data: restore etcd_cluster: %s, or remove the cluster first (pig etcd-rm), then create it again", is, now, name, is)
	}
	if now := c.Args.String("name"); name != "" && name != now {
		return nil, fmt.Errorf("cannot rename %s to %s: restore etcd_seq: %s, %s", name, now, name[strings.LastIndexByte(name, '-')+1:], orAnew)
	}
	return result, nil
}

var (
	dataDir      = regexp.MustCompile(`(?m)^\s*data-dir:\s*["']?([^"'\s]+)`)
	memberName   = regexp.MustCompile(`(?m)^\s*name:\s*["']?([^"'\s]+)`)
	clusterToken = regexp.MustCompile(`(?m)^\s*initial-cluster-token:\s*["']?([^"'\s]+)`)
)

// configured is what a line of a configuration says, "" where it is not there.
func configured(line *regexp.Regexp, text []byte) string {
	m := line.FindSubmatch(text)
	if m == nil {
		return ""
	}
	return string(m[1])
}
