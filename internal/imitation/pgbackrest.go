package imitation

import (
	"maps"
	"strings"
	"sync"

	"pig/internal/node"
)

// repositories are what pgBackRest keeps: how many backups each stanza has, by the place of its repository.
type repositories struct {
	mu      sync.Mutex
	backups map[string]int
}

// Clone implements Cloner.
func (r *repositories) Clone() any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &repositories{backups: maps.Clone(r.backups)}
}

// place is where the configuration that a command finds puts a stanza: on the machine itself, or in a store that all machines share.
func place(c *Invocation, stanza string) string {
	text, _ := c.Files.Read("/etc/pgbackrest/pgbackrest.conf") //nolint:errcheck // then there is nothing in it
	option := func(name string) string { return strings.TrimSpace(after(string(text), "repo1-"+name+"=")) }
	where := option("path")
	if i, err := c.Files.Stat(where, false); err == nil && i.Kind == node.Link {
		where = i.Target
	}
	where += "/" + stanza
	if kind := option("type"); kind != "" && kind != "posix" {
		return kind + ":" + option(kind+"-bucket") + where
	}
	return c.Machine.addr + " " + where
}

// after is the rest of the first line that begins with a text.
func after(text, begin string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, begin); ok {
			return rest
		}
	}
	return ""
}

func pgbackrest(c *Invocation) int {
	stanza, command := "", ""
	for _, a := range c.Argv[1:] {
		switch name, v, ok := strings.Cut(a, "="); {
		case name == "--stanza":
			stanza = v
		case !ok && !strings.HasPrefix(a, "-") && command == "":
			command = a
		}
	}
	r := Shared(c.Machine.world, "pgbackrest", func() *repositories { return &repositories{backups: map[string]int{}} })
	r.mu.Lock()
	defer r.mu.Unlock()
	at := place(c, stanza)
	backups, made := r.backups[at]
	switch {
	case command == "info" && !made:
		c.Say("[]\n")
	case command == "info":
		type backup struct {
			Label string `json:"label"`
		}
		code := map[bool]int{true: 2, false: 0}[backups == 0]
		c.Say("%s\n", toJSON([]any{map[string]any{"name": stanza, "backup": make([]backup, backups), "status": map[string]any{"code": code, "message": "ok"}}}))
	case command == "stanza-create":
		r.backups[at] = backups
	case command == "backup" && made:
		r.backups[at] = backups + 1
	default:
		return c.Fail("%v", c.Machine.world.unheardOf("the command %s", strings.Join(c.Argv, " ")))
	}
	return 0
}
