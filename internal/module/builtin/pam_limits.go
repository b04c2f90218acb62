package builtin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// pamLimits keeps a limit of what an account may use.
func pamLimits() module.Module {
	return module.Module{
		Name: "pam_limits",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "domain", Required: true}, {Name: "limit_type", Required: true, Choices: []string{"hard", "soft", "-"}},
			{Name: "limit_item", Required: true, Choices: []string{"core", "data", "fsize", "memlock", "nofile", "rss", "stack", "cpu", "nproc", "as", "maxlogins", "maxsyslogins",
				"priority", "locks", "sigpending", "msgqueue", "nice", "rtprio", "chroot"}},
			{Name: "value", Required: true}, {Name: "use_max", Type: module.Bool}, {Name: "use_min", Type: module.Bool}, {Name: "backup", Type: module.Bool},
			{Name: "dest", Type: module.Path, Default: "/etc/security/limits.conf"}, {Name: "comment", Default: ""},
		}},
		Run: runPamLimits,
	}
}

// unlimited are the words for a limit that does not bound.
var unlimited = []string{"unlimited", "infinity", "-1"}

func runPamLimits(_ context.Context, c *module.Call) (*value.Dict, error) {
	wanted := c.Args.String("value")
	if err := checkLimit(c, wanted); err != nil {
		return nil, err
	}
	dest := c.Args.String("dest")
	text, before, err := textAt(c, dest)
	if err != nil {
		return nil, err
	}
	if dir, err := c.System.Files().Stat(parentOf(dest), true); err != nil {
		return nil, err
	} else if !before.Exists() && !dir.Exists() && !dir.Assumed {
		return nil, fmt.Errorf("directory %s is not writable (check presence, access rights, use sudo)", parentOf(dest))
	}
	doc := splitLines(text)
	line := strings.Join([]string{c.Args.String("domain"), c.Args.String("limit_type"), c.Args.String("limit_item"), wanted}, "\t")
	if comment := c.Args.String("comment"); comment != "" {
		line += "\t#" + comment
	}
	said, found := "", false
	for i, l := range doc.lines {
		now, ok := limitOf(c, l)
		if !ok {
			continue
		}
		found, said = true, l
		if rule := limitRule(c.Args.String("limit_item"), now); rule != "" {
			return nil, fmt.Errorf("Invalid configuration found in '%s'. %s", dest, rule) //nolint:staticcheck // Ansible's words
		}
		if chosen := chosenLimit(c, now, wanted); chosen != now {
			said = strings.Replace(line, "\t"+wanted, "\t"+chosen, 1)
			doc.lines[i] = said
		}
	}
	if !found {
		said, doc.newline = line, true
		doc.lines = append(doc.lines, line)
	}
	copied, err := putText(c, dest, text, doc.String(), before)
	result := value.DictOf("msg", said+"\n")
	if copied != "" {
		result.Set("backup", copied)
	}
	return result, err
}

func isNumber(text string) bool { _, err := strconv.ParseInt(text, 10, 64); return err == nil }

func checkLimit(c *module.Call, wanted string) error {
	if c.Args.Bool("use_max") && c.Args.Bool("use_min") {
		return errors.New("Cannot use use_min and use_max at the same time.") //nolint:staticcheck,revive // Ansible's words, here and below
	}
	if rule := limitRule(c.Args.String("limit_item"), wanted); rule != "" {
		return errors.New(" " + rule)
	}
	return nil
}

// limitRule is what a value breaks, "" if it is right. The words are Ansible's.
func limitRule(item, v string) string {
	n, err := strconv.ParseInt(v, 10, 64)
	rule := ""
	switch {
	case item == "nice" || item == "priority":
		if err != nil || n < -20 || n > 19 {
			rule = "Value must be a number in the range -20 to 19 inclusive."
		}
	case !slices.Contains(unlimited, v) && (err != nil || n < 0):
		rule = "Value must either be 'unlimited', 'infinity' or -1, all of which indicate no limit, or a limit of 0 or larger."
	}
	if rule == "" {
		return ""
	}
	return fmt.Sprintf("Value of '%s' for item '%s' is invalid. %s Refer to the limits.conf(5) manual pages for more details.", v, item, rule)
}

// limitOf is the value that a line gives the limit, false if it is about another.
func limitOf(c *module.Call, line string) (string, bool) {
	text, _, _ := strings.Cut(line, "#")
	f := strings.Fields(text)
	if len(f) != 4 || f[0] != c.Args.String("domain") || f[1] != c.Args.String("limit_type") || f[2] != c.Args.String("limit_item") {
		return "", false
	}
	return f[3], true
}

// chosenLimit is the greater or the smaller of two limits, where that is asked for.
func chosenLimit(c *module.Call, now, wanted string) string {
	greatest, least := c.Args.Bool("use_max"), c.Args.Bool("use_min")
	if !greatest && !least {
		return wanted
	}
	free := func(limit string) bool {
		return slices.Contains(unlimited, limit) && c.Args.String("limit_item") != "nice" && c.Args.String("limit_item") != "priority"
	}
	a, _ := strconv.ParseInt(now, 10, 64)
	b, _ := strconv.ParseInt(wanted, 10, 64)
	nowIsGreater := free(now) || !free(wanted) && a >= b
	if nowIsGreater == greatest {
		return now
	}
	return wanted
}
