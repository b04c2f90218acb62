package modules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// redisPlace refuses instances at ports that this node has instances of another name at: they would take the port from each other, and the new ones
// would begin without the data. instances are those that are declared, by name.
func redisPlace() module.Module {
	return module.Module{
		Name: "redis_place",
		Spec: module.Spec{Args: []module.Arg{{Name: "instances", Type: module.List, Elements: module.Str, Required: true}}},
		Run:  runRedisPlace,
	}
}

func runRedisPlace(_ context.Context, c *module.Call) (*value.Dict, error) {
	have, err := namesHere(c)
	if err != nil {
		return nil, err
	}
	var errs []error
	declared := c.Args.Strings("instances")
	for _, is := range have {
		was := instanceName.FindStringSubmatch(is)
		for _, name := range declared {
			now := instanceName.FindStringSubmatch(name)
			if now == nil || was[3] != now[3] || slices.Contains(declared, is) {
				continue
			}
			var keep []string
			if was[1] != now[1] {
				keep = append(keep, "redis_cluster: "+was[1])
			}
			if was[2] != now[2] {
				keep = append(keep, "redis_node: "+was[2])
			}
			errs = append(errs, fmt.Errorf("cannot rename %s to %s: restore %s, or remove the instance first (pig redis-rm %s), then create it again", is, name, strings.Join(keep, " and "), is))
		}
	}
	return value.DictOf("changed", false), errors.Join(errs...)
}

// instanceName has the cluster, the number of the node and the port.
var instanceName = regexp.MustCompile(`^(.+)-(\d+)-(\d+)$`)

// namesHere are the instances that this node has a configuration and a unit of.
func namesHere(c *module.Call) (all []string, err error) {
	files, err := c.System.Files().List("/etc/redis")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrUnknown) {
		return nil, nil
	}
	for _, file := range files {
		name, isConf := strings.CutSuffix(file, ".conf")
		if !isConf || !instanceName.MatchString(name) {
			continue
		}
		unit, err := c.System.Files().Stat("/etc/systemd/system/"+name+".service", true)
		if err != nil {
			return nil, err
		}
		if unit.Exists() && !unit.Assumed {
			all = append(all, name)
		}
	}
	return all, err
}

// strays are the instances of the cluster of a node, under whatever number, that this node has and nobody declares any more.
func strays(c *module.Call) (all []string, err error) {
	if !c.Args.Has("node") {
		return nil, nil
	}
	here, err := namesHere(c)
	cluster := c.Args.String("node")
	cluster = cluster[:max(strings.LastIndexByte(cluster, '-'), 0)]
	for _, name := range here {
		if instanceName.FindStringSubmatch(name)[1] == cluster && !slices.Contains(c.Args.Strings("declared"), name) {
			all = append(all, name)
		}
	}
	return all, err
}
