package builtin

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// at has a command run once, later.
func at() module.Module {
	return module.Module{
		Name: "at",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "command"}, {Name: "script_file"}, {Name: "count", Type: module.Int}, {Name: "units", Choices: []string{"minutes", "hours", "days", "weeks"}},
			{Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "unique", Type: module.Bool},
		}, OneOf: [][]string{{"command", "script_file"}}, Exclusive: [][]string{{"command", "script_file"}}},
		Run: runAt,
	}
}

func runAt(ctx context.Context, c *module.Call) (*value.Dict, error) {
	state := c.Args.String("state")
	if state == "present" && (!c.Args.Has("count") || !c.Args.Has("units")) {
		return nil, fmt.Errorf("present state requires count and units")
	}
	text := c.Args.String("command")
	if file := c.Args.String("script_file"); file != "" {
		content, err := c.System.Files().Read(file)
		if err != nil {
			return nil, err
		}
		text = string(content)
	}
	text = strings.TrimRight(text, "\n")
	result := value.DictOf("state", state, "script_file", c.Args.Get("script_file"), "count", c.Args.Get("count"), "units", c.Args.Get("units"))
	var jobs []string
	if state == "absent" || c.Args.Bool("unique") {
		var err error
		if jobs, err = jobsOf(ctx, c, text); err != nil {
			return nil, err
		}
	}
	fact := "job of at " + text
	planned, _ := c.System.Foreseen(fact)
	if state == "absent" {
		for _, id := range jobs {
			if err := carryOut(ctx, c, node.Change{Kind: "job of at", ID: id, Action: "delete", Makes: map[string]string{fact: "absent"}}, "atrm", id); err != nil {
				return nil, err
			}
		}
		return result, nil
	}
	if c.Args.Bool("unique") && (len(jobs) > 0 && planned != "absent" || planned == "present") {
		return result, nil
	}
	when := []string{"now", "+", strconv.Itoa(c.Args.Int("count")), c.Args.String("units")}
	name, _, _ := strings.Cut(text, "\n")
	change := node.Change{Kind: "job of at", ID: name, Action: "create", Makes: map[string]string{fact: "present"}}
	return result, carryOutWith(ctx, c, change, node.Cmd{Argv: append([]string{"at"}, when...), Stdin: []byte(text + "\n")})
}

// jobsOf are the numbers of the jobs that run a text.
func jobsOf(ctx context.Context, c *module.Call, text string) (ids []string, err error) {
	if planned, _ := c.System.Foreseen("job of at " + text); planned == "absent" {
		return nil, nil
	}
	listed, err := learned(ctx, c, "atq")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(listed) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		script, err := learned(ctx, c, "at", "-c", f[0])
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(strings.TrimRight(script, "\n"), "\n"+text) {
			ids = append(ids, f[0])
		}
	}
	return ids, nil
}
