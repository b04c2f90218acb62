package builtin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// getent reads the databases of names: accounts, groups, hosts, services.
func getent() module.Module {
	return module.Module{
		Name: "getent",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "database", Required: true}, {Name: "key"}, {Name: "service"}, {Name: "split"},
			{Name: "fail_key", Type: module.Bool, Default: true},
		}},
		Run: runGetent,
	}
}

func runGetent(ctx context.Context, c *module.Call) (*value.Dict, error) {
	database, key := c.Args.String("database"), c.Args.String("key")
	argv := []string{"getent", database}
	if key != "" {
		argv = append(argv, key)
	}
	if service := c.Args.String("service"); service != "" {
		argv = append(argv, "-s", service)
	}
	out, err := askDatabase(ctx, c, database, argv)
	if err != nil {
		return nil, err
	}
	name := "getent_" + database
	switch out.RC {
	case 0:
		split := c.Args.String("split")
		if split == "" && slices.Contains([]string{"passwd", "shadow", "group", "gshadow"}, database) {
			split = ":"
		}
		return value.DictOf("ansible_facts", value.DictOf(name, records(string(out.Stdout), split)), "changed", false), nil
	case 1:
		return nil, fmt.Errorf("Missing arguments, or database unknown.") //nolint:staticcheck,revive // Ansible's words, here and below
	case 2:
		const msg = "One or more supplied key could not be found in the database."
		if c.Args.Bool("fail_key") {
			return nil, errors.New(msg)
		}
		return value.DictOf("ansible_facts", value.DictOf(name, value.DictOf(key, nil)), "msg", msg, "changed", false), nil
	case 3:
		return nil, fmt.Errorf("Enumeration not supported on this database.") //nolint:staticcheck,revive // the text is Ansible's
	}
	return nil, fmt.Errorf("Unexpected failure!") //nolint:staticcheck,revive // the text is Ansible's
}

// askDatabase asks getent. A plan that makes accounts cannot know what it will say of them.
func askDatabase(ctx context.Context, c *module.Call, database string, argv []string) (node.Output, error) {
	out, err := c.System.Exec(ctx, node.Cmd{Argv: argv, Env: plainWords, ReadOnly: true})
	key := c.Args.String("key")
	if err != nil || key == "" || database != "passwd" && database != "group" {
		return out, err
	}
	var there, assumed bool
	if database == "passwd" {
		var u node.Account
		u, there, err = c.System.Accounts().User(key)
		assumed = u.Assumed
	} else {
		_, there, err = c.System.Accounts().Group(key)
	}
	if err == nil && out.RC == 2 && (there || assumed) {
		err = fmt.Errorf("entries of getent for %s: %w", key, node.ErrUnknown)
	}
	return out, err
}

// records are lines by their first fields. A name that comes again has the fields of all its lines.
func records(text, split string) *value.Dict {
	all, times := value.NewDict(), map[string]int{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		fields := strings.Fields(line)
		if split != "" {
			fields = strings.Split(line, split)
		}
		if len(fields) == 0 {
			continue
		}
		rest := value.Strings(fields[1:])
		times[fields[0]]++
		switch times[fields[0]] {
		case 1:
			all.Set(fields[0], rest)
		case 2:
			all.Set(fields[0], value.NewList(all.At(fields[0]), rest))
		default:
			all.At(fields[0]).(*value.List).Append(rest) //nolint:forcetypeassert // see above
		}
	}
	return all
}
