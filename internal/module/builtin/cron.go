package builtin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// cron keeps jobs, and variables for them, in the crontab of an account or in a file of /etc/cron.d.
func cron() module.Module {
	return module.Module{
		Name: "cron",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Required: true}, {Name: "user"}, {Name: "job", Aliases: []string{"value"}}, {Name: "cron_file", Type: module.Path},
			{Name: "state", Default: "present", Choices: []string{"absent", "present"}}, {Name: "backup", Type: module.Bool},
			{Name: "minute", Default: "*"}, {Name: "hour", Default: "*"}, {Name: "day", Default: "*", Aliases: []string{"dom"}}, {Name: "month", Default: "*"},
			{Name: "weekday", Default: "*", Aliases: []string{"dow"}},
			{Name: "special_time", Choices: []string{"annually", "daily", "hourly", "monthly", "reboot", "weekly", "yearly"}},
			{Name: "disabled", Type: module.Bool}, {Name: "env", Type: module.Bool}, {Name: "insertafter"}, {Name: "insertbefore"},
		}, Exclusive: [][]string{{"insertafter", "insertbefore"}}},
		Run: runCron,
	}
}

func runCron(ctx context.Context, c *module.Call) (*value.Dict, error) {
	if err := cronRules(c); err != nil {
		return nil, err
	}
	tab, err := readCrontab(ctx, c)
	if err != nil {
		return nil, err
	}
	if c.Args.Bool("env") {
		err = tab.setVariable(c)
	} else {
		tab.setJob(c)
	}
	if err != nil {
		return nil, err
	}
	result := value.DictOf("jobs", value.Strings(tab.jobs()), "envs", value.Strings(tab.variables()))
	if c.Args.Has("cron_file") {
		result.Set("cron_file", c.Args.Get("cron_file"))
	}
	if err := tab.save(ctx, c, result); err != nil {
		return nil, err
	}
	return result, nil
}

// cronRules are those that tie arguments to each other. The messages are Ansible's: playbooks look for them.
func cronRules(c *module.Call) error {
	has := func(name string) bool { return c.Args.String(name) != "" }
	timed := false
	for _, field := range []string{"minute", "hour", "day", "month", "weekday"} {
		timed = timed || c.Args.String(field) != "*"
	}
	present := c.Args.String("state") == "present"
	switch {
	case has("special_time") && timed:
		return fmt.Errorf("You cannot combine special_time with any of the time or day/date parameters.") //nolint:staticcheck,revive // the text is Ansible's
	case has("cron_file") && present && !has("user"):
		return fmt.Errorf("To use cron_file=... parameter you must specify user=... as well") //nolint:staticcheck // the text is Ansible's
	case present && !c.Args.Has("job"):
		return fmt.Errorf("You must specify 'job' to install a new cron job or variable") //nolint:staticcheck // the text is Ansible's
	case (has("insertafter") || has("insertbefore")) && !c.Args.Bool("env"):
		return fmt.Errorf("Insertafter and insertbefore parameters are valid only with env=yes") //nolint:staticcheck // the text is Ansible's
	case c.Args.Bool("env") && strings.Contains(c.Args.String("name"), " "):
		return fmt.Errorf("Invalid name for environment variable") //nolint:staticcheck // the text is Ansible's
	}
	return nil
}

// jobMark begins the line before a job, with its name.
const jobMark = "#Ansible: "

// jobLine is what cron reads.
func jobLine(c *module.Call) string {
	var fields []string
	if special := c.Args.String("special_time"); special != "" {
		fields = []string{"@" + special}
	} else {
		for _, field := range []string{"minute", "hour", "day", "month", "weekday"} {
			fields = append(fields, c.Args.String(field))
		}
	}
	if c.Args.String("cron_file") != "" {
		fields = append(fields, c.Args.String("user"))
	}
	line := strings.Join(append(fields, strings.Trim(c.Args.String("job"), "\r\n")), " ")
	if c.Args.Bool("disabled") {
		line = "#" + line
	}
	return line
}

// cronFile is the file that cron_file means, "" for the crontab of an account.
func cronFile(c *module.Call) string {
	file := c.Args.String("cron_file")
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join("/etc/cron.d", file)
}

// crontab is the text of one, with what stands there now.
type crontab struct {
	old   string
	lines []string
	file  string    // of /etc/cron.d, or
	user  string    // whose it is
	info  node.Info // of file
}

func readCrontab(ctx context.Context, c *module.Call) (*crontab, error) {
	t := &crontab{file: cronFile(c), user: c.Args.String("user")}
	if t.user == "" {
		t.user = c.System.User()
	}
	var err error
	if t.file != "" {
		t.old, t.info, err = textAt(c, t.file)
	} else if planned, ok := c.System.Foreseen(t.fact()); ok {
		t.old = planned
	} else {
		var out node.Output
		out, err = inquire(ctx, c, t.command(c, "-l")...)
		if said := string(out.Stderr); err == nil && out.RC != 0 && !strings.Contains(said, "no crontab for") {
			return nil, fmt.Errorf("Unable to read crontab: %s", strings.TrimSpace(said)) //nolint:staticcheck // Ansible's words
		} else if err == nil && out.RC == 0 {
			t.old = withoutHeader(string(out.Stdout))
		}
	}
	if t.old != "" {
		t.lines = strings.Split(strings.TrimSuffix(t.old, "\n"), "\n")
	}
	return t, err
}

// fact is the name under which a plan keeps the crontab that it makes.
func (t *crontab) fact() string { return "crontab of " + t.user }

func (t *crontab) command(c *module.Call, what string) []string {
	argv := []string{"crontab"}
	if t.user != c.System.User() {
		argv = append(argv, "-u", t.user)
	}
	return append(argv, what)
}

// withoutHeader leaves out the lines that crontab itself writes.
func withoutHeader(text string) string {
	lines := strings.SplitAfter(text, "\n")
	n := 0
	for n < len(lines) && n < 3 {
		l := lines[n]
		if !strings.HasPrefix(l, "# DO NOT EDIT THIS FILE") && !strings.HasPrefix(l, "# (/tmp/") && !strings.HasPrefix(l, "# (- installed") && !strings.HasPrefix(l, "# (Cron version") {
			break
		}
		n++
	}
	return strings.Join(lines[n:], "")
}

func (t *crontab) text() string {
	text := strings.Join(t.lines, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

func (t *crontab) save(ctx context.Context, c *module.Call, result *value.Dict) error {
	text := t.text()
	gone := t.file != "" && t.info.Exists() && text == "" && c.Args.String("state") == "absent"
	if text == t.old && !gone {
		return nil
	}
	if c.Args.Bool("backup") {
		copied := "/tmp/crontab" + strings.ReplaceAll(t.user, "/", "_")
		if err := c.Scratch.Files().Write(copied, []byte(t.old), node.Attrs{}); err != nil {
			return err
		}
		result.Set("backup_file", copied)
	}
	switch {
	case gone:
		return c.System.Files().Remove(t.file)
	case t.file != "":
		a := node.Attrs{}
		if !t.info.Exists() {
			mode := octalMode(0o644)
			a.Mode = &mode
		}
		return c.System.Files().Write(t.file, []byte(text), a)
	}
	change := node.WriteChange(node.Info{Path: t.user, Kind: node.File, Mode: 0o644}, []byte(t.old), []byte(text), node.Attrs{})
	change.Kind, change.Makes = "crontab", map[string]string{t.fact(): text}
	err := carryOutWith(ctx, c, change, node.Cmd{Argv: t.command(c, "-"), Stdin: []byte(text)})
	var failed *node.CommandError
	if errors.As(err, &failed) {
		return &module.Failure{Msg: "Failed to install new cronfile: " + strings.TrimSpace(string(failed.Output.Stderr)), Values: outputOf(failed.Output)}
	}
	return err
}
