package modules

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// postgresPlace refuses another name and another place for a member that has data: another instance or scope, another directory of the cluster
// (directory, to which link leads, and which ends with the version), another data directory (data), another prefix in etcd (namespace). config is
// the configuration that Patroni has, before it is written anew.
func postgresPlace() module.Module {
	return module.Module{
		Name: "postgres_place",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "instance", Required: true}, {Name: "scope", Required: true}, {Name: "host"},
			{Name: "directory", Type: module.Path, Required: true}, {Name: "link", Type: module.Path, Default: "/pg"},
			{Name: "data", Type: module.Path, Required: true}, {Name: "namespace", Required: true},
			{Name: "config", Type: module.Path, Default: "/etc/patroni/patroni.yml"},
		}},
		Run: runPostgresPlace,
	}
}

func runPostgresPlace(_ context.Context, c *module.Call) (*value.Dict, error) {
	result := value.DictOf("changed", false)
	text, _, err := c.Present(c.Args.String("config"))
	data := configured(dataDirectory, text)
	if err != nil || data == "" {
		return result, err
	}
	if i, err := c.System.Files().Stat(path.Join(data, "PG_VERSION"), true); err != nil || !i.Exists() || i.Assumed {
		return result, err
	}
	if err := sameName(c, configured(memberName, text)); err != nil {
		return nil, err
	}
	link, err := c.System.Files().Stat(c.Args.String("link"), false)
	if err != nil {
		return nil, err
	}
	if err := sameVersion(link.Target, c.Args.String("directory")); err != nil {
		return nil, err
	}
	var moved []string
	differs := func(param, what, is, declared string) {
		if is != "" && is != declared {
			moved = append(moved, fmt.Sprintf("%s: %s is %s, not %s", param, what, is, declared))
		}
	}
	differs("pg_fs_main", "the directory of the cluster", link.Target, c.Args.String("directory"))
	differs("pg_data", "the data directory", data, c.Args.String("data"))
	differs("pg_shard", "the name of the cluster in etcd", configured(scope, text), c.Args.String("scope"))
	differs("pg_namespace", "the prefix in etcd", configured(prefix, text), c.Args.String("namespace"))
	if len(moved) == 0 {
		return result, nil
	}
	return nil, fmt.Errorf("cannot move %s, whose data is in %s: %s. Restore the former value, or remove the member first (pig pgsql-rm), then add it again",
		c.Args.String("instance"), data, strings.Join(moved, "; "))
}

var (
	dataDirectory = regexp.MustCompile(`(?m)^\s+data_dir:\s*(\S.*)$`)
	prefix        = regexp.MustCompile(`(?m)^namespace:\s*(\S.*)$`)
)

// configured is a text in a configuration of Patroni's, "" where it is not there. The roles write it as JSON does; others without quotes, and with a comment.
func configured(line *regexp.Regexp, text []byte) string {
	m := line.FindSubmatch(text)
	if m == nil {
		return ""
	}
	said := strings.TrimSpace(string(m[1]))
	if plain, err := strconv.Unquote(said); err == nil {
		return plain
	}
	said, _, _ = strings.Cut(said, " #")
	return strings.TrimSpace(said)
}
