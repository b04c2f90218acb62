package engine

import (
	"context"
	"strings"

	"pig/internal/value"
)

// gathered are the modules that tell facts of a node besides setup, and the names that these have.
func gathered() map[string]func(name string) bool {
	called := func(want string) func(string) bool { return func(name string) bool { return name == want } }
	return map[string]func(string) bool{
		"package_facts": called("packages"), "service_facts": called("services"),
		"mount_facts": func(name string) bool { return name == "mount_points" || name == "aggregate_mounts" },
		"getent":      func(name string) bool { return strings.HasPrefix(name, "getent_") },
	}
}

// gather runs such a module and keeps its facts, also as variables of their own names. What else a node calls a fact is dropped.
func gather(ctx context.Context, c *call) Result {
	r := c.node(ctx, c.task.Action, c.args)
	answered, ok := r.Values.At("ansible_facts").(*value.Dict)
	if !ok {
		return r
	}
	mine := gathered()[c.task.Action]
	facts := value.NewDict()
	var dropped []string
	for k, v := range answered.All() {
		if name := value.KeyText(k); mine(name) && len(name) <= maxFactName {
			facts.Set(name, v)
		} else {
			dropped = append(dropped, name)
		}
	}
	hosts, err := c.factHosts(ctx)
	if err != nil {
		return notLearned(err)
	}
	for _, h := range hosts {
		h.tellAs(facts, "", r.Heard)
	}
	c.e.dropped(c.Name, dropped)
	return r
}

// maxFactName bounds the name of a fact that a node chooses a part of.
const maxFactName = 64
