package builtin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// localeGen has locales made of their sources.
func localeGen() module.Module {
	return module.Module{
		Name: "locale_gen",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "name", Type: module.List, Elements: module.Str, Required: true}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
		}},
		Run: runLocaleGen,
	}
}

const (
	localeSettings  = "/etc/locale.gen"
	localeSupported = "/usr/share/i18n/SUPPORTED"
)

func runLocaleGen(ctx context.Context, c *module.Call) (*value.Dict, error) {
	names, present := c.Args.Strings("name"), c.Args.String("state") == "present"
	text, before, err := textAt(c, localeSettings)
	if err != nil {
		return nil, err
	}
	if !before.Exists() {
		if before.Assumed {
			return nil, fmt.Errorf("available locales: %w", node.ErrUnknown)
		}
		return nil, fmt.Errorf("%s and /var/lib/locales/supported.d/local are missing. Is the package \"locales\" installed?", localeSettings)
	}
	supported, _, err := textAt(c, localeSupported)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !localeLine(name, true).MatchString(text) && !localeLine(name, true).MatchString(supported) {
			return nil, fmt.Errorf("The following locales you have entered are not available on your system: %s", name) //nolint:staticcheck // Ansible's words
		}
	}
	made, err := learned(ctx, c, "locale", "-a")
	if err != nil {
		return nil, err
	}
	result := value.DictOf("mechanism", "glibc", "name", value.Strings(names), "ubuntu_mode", false)
	there := func(name string) bool {
		return slices.ContainsFunc(strings.Fields(made), func(have string) bool { return localeName(have) == localeName(name) })
	}
	wanted := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return there(name) == present })
	if planned, ok := c.System.Foreseen("locales made of " + localeSettings); ok && planned == text || len(wanted) == 0 {
		return result, nil
	}
	edited := text
	for _, name := range wanted {
		edited = toggleLocale(edited, supported, name, present)
	}
	if _, err := putText(c, localeSettings, text, edited, before); err != nil {
		return nil, err
	}
	change := node.Change{Kind: "locales", ID: strings.Join(wanted, " "), Action: "generate", Makes: map[string]string{"locales made of " + localeSettings: edited}}
	return result, carryOut(ctx, c, change, "locale-gen")
}

// localeName is a locale by a name that does not depend on how its character set is spelt.
func localeName(name string) string {
	name, set, _ := strings.Cut(name, ".")
	return name + "." + strings.ToLower(strings.ReplaceAll(set, "-", ""))
}

// localeLine finds the line of a locale, also as a comment.
func localeLine(name string, comment bool) *regexp.Regexp {
	begin := `(?m)^\s*`
	if comment {
		begin += `#?\s*`
	}
	return regexp.MustCompile(begin + `(` + regexp.QuoteMeta(name) + `\s+\S.*?)\s*$`)
}

// toggleLocale makes the line of a locale count, or a comment.
func toggleLocale(text, supported, name string, on bool) string {
	if !on {
		return localeLine(name, false).ReplaceAllString(text, "# $1")
	}
	if localeLine(name, true).MatchString(text) {
		return localeLine(name, true).ReplaceAllString(text, "$1")
	}
	line := strings.TrimSpace(localeLine(name, true).FindString(supported))
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + line + "\n"
}
