package builtin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// yumRepository keeps a repository of dnf in a file of sections.
func yumRepository() module.Module {
	list := func(name string, aliases ...string) module.Arg {
		return module.Arg{Name: name, Type: module.List, Elements: module.Str, Aliases: aliases}
	}
	on := func(name string, aliases ...string) module.Arg {
		return module.Arg{Name: name, Type: module.Bool, Aliases: aliases}
	}
	return module.Module{
		Name: "yum_repository", Places: true,
		Spec: module.Spec{Args: append(fileArgs(),
			module.Arg{Name: "name", Required: true}, module.Arg{Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			module.Arg{Name: "file"}, module.Arg{Name: "reposdir", Type: module.Path, Default: "/etc/yum.repos.d"}, module.Arg{Name: "description"},
			list("baseurl"), module.Arg{Name: "metalink"}, module.Arg{Name: "mirrorlist"}, list("gpgkey"), list("exclude", "excludepkgs"), list("includepkgs"),
			on("async"), on("countme"), on("enabled"), on("enablegroups"), on("gpgcheck"), on("keepalive"), on("module_hotfixes"), on("protect"), on("repo_gpgcheck"),
			on("s3_enabled"), on("skip_if_unavailable"), on("ssl_check_cert_permissions"), on("sslverify", "validate_certs"),
			module.Arg{Name: "bandwidth"}, module.Arg{Name: "cost"}, module.Arg{Name: "deltarpm_metadata_percentage"}, module.Arg{Name: "deltarpm_percentage"},
			module.Arg{Name: "failovermethod", Choices: []string{"roundrobin", "priority"}}, module.Arg{Name: "gpgcakey"},
			module.Arg{Name: "http_caching", Choices: []string{"all", "packages", "none"}}, module.Arg{Name: "include"},
			module.Arg{Name: "ip_resolve", Choices: []string{"4", "6", "IPv4", "IPv6", "whatever"}}, module.Arg{Name: "keepcache", Choices: []string{"0", "1"}},
			module.Arg{Name: "metadata_expire"}, module.Arg{Name: "metadata_expire_filter", Choices: []string{"never", "read-only:past", "read-only:present", "read-only:future"}},
			module.Arg{Name: "mirrorlist_expire"}, module.Arg{Name: "username"}, module.Arg{Name: "password"}, module.Arg{Name: "priority"},
			module.Arg{Name: "proxy"}, module.Arg{Name: "proxy_username"}, module.Arg{Name: "proxy_password"}, module.Arg{Name: "retries"},
			module.Arg{Name: "sslcacert", Aliases: []string{"ca_cert"}}, module.Arg{Name: "sslclientcert", Aliases: []string{"client_cert"}},
			module.Arg{Name: "sslclientkey", Aliases: []string{"client_key"}}, module.Arg{Name: "throttle"}, module.Arg{Name: "timeout"}, module.Arg{Name: "ui_repoid_vars"},
		)},
		Run: runYumRepository,
	}
}

// yumOptions are the arguments that become options of the section, sorted as they stand there; name is the description's option.
var yumOptions = []string{
	"async", "bandwidth", "baseurl", "cost", "countme", "deltarpm_metadata_percentage", "deltarpm_percentage", "enabled", "enablegroups", "exclude",
	"failovermethod", "gpgcakey", "gpgcheck", "gpgkey", "http_caching", "include", "includepkgs", "ip_resolve", "keepalive", "keepcache", "metadata_expire",
	"metadata_expire_filter", "metalink", "mirrorlist", "mirrorlist_expire", "module_hotfixes", "name", "password", "priority", "protect", "proxy", "proxy_password",
	"proxy_username", "repo_gpgcheck", "retries", "s3_enabled", "skip_if_unavailable", "ssl_check_cert_permissions", "sslcacert", "sslclientcert", "sslclientkey",
	"sslverify", "throttle", "timeout", "ui_repoid_vars", "username",
}

func runYumRepository(_ context.Context, c *module.Call) (*value.Dict, error) {
	name, present := c.Args.String("name"), c.Args.String("state") == "present"
	result := value.DictOf("repo", name, "state", c.Args.String("state"))
	if present {
		if !c.Args.Has("baseurl") && !c.Args.Has("metalink") && !c.Args.Has("mirrorlist") {
			return nil, fmt.Errorf("state is present but any of the following are missing: baseurl, mirrorlist, metalink")
		}
		if !c.Args.Has("description") {
			return nil, fmt.Errorf("state is present but all of the following are missing: description")
		}
	}
	dir := c.Args.String("reposdir")
	i, err := c.System.Files().Stat(dir, true)
	if err != nil {
		return nil, err
	}
	if i.Kind != node.Dir && !i.Assumed {
		return nil, fmt.Errorf("Repo directory '%s' does not exist.", dir) //nolint:staticcheck,revive // Ansible's words
	}
	file := c.Args.String("file")
	if file == "" {
		file = name
	}
	path := dir + "/" + file + ".repo"
	text, before, err := textAt(c, path)
	if err != nil {
		return nil, err
	}
	sections := yumSections(text)
	had := slices.IndexFunc(sections, func(s yumSection) bool { return s.name == name })
	was := ""
	if had >= 0 {
		was = sections[had].sorted()
		sections = slices.Delete(sections, had, had+1)
	}
	now := ""
	if present {
		made := yumSection{name: name, lines: yumLines(c)}
		now = made.sorted()
		sections = append(sections, made)
	}
	switch {
	case was == now && (had >= 0) == present:
		return result, settle(c, path, true)
	case len(sections) == 0:
		return result, c.System.Files().Remove(path)
	}
	a, err := attrs(c.Args, before)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, s := range sections {
		b.WriteString("[" + s.name + "]\n" + strings.Join(s.lines, "\n") + "\n\n")
	}
	return result, c.System.Files().Write(path, []byte(b.String()), a)
}

// yumSection is a section with its lines, continuations in the line that they continue.
type yumSection struct {
	name  string
	lines []string
}

func (s yumSection) sorted() string {
	lines := slices.Clone(s.lines)
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// yumSections reads a file as Python's configparser does, which writes options as name = value and no comments.
func yumSections(text string) (all []yumSection) {
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case strings.HasPrefix(line, "["):
			all = append(all, yumSection{name: strings.Trim(trimmed, "[]")})
		case len(all) == 0:
		case (line[0] == ' ' || line[0] == '\t') && len(all[len(all)-1].lines) > 0:
			lines := all[len(all)-1].lines
			lines[len(lines)-1] += "\n\t" + trimmed
		default:
			s := &all[len(all)-1]
			if i := strings.IndexAny(trimmed, "=:"); i > 0 {
				trimmed = strings.TrimRight(strings.ToLower(strings.TrimSpace(trimmed[:i]))+" = "+strings.TrimSpace(trimmed[i+1:]), " ")
			}
			s.lines = append(s.lines, trimmed)
		}
	}
	return all
}

// yumLines are the options that the arguments give.
func yumLines(c *module.Call) (lines []string) {
	for _, option := range yumOptions {
		arg := option
		if option == "name" {
			arg = "description"
		}
		if !c.Args.Has(arg) {
			continue
		}
		text := c.Args.String(arg)
		if on, ok := c.Args.Get(arg).(bool); ok {
			text = map[bool]string{true: "1", false: "0"}[on]
		}
		if l := c.Args.Strings(arg); l != nil {
			separator := "\n\t"
			if option == "exclude" || option == "includepkgs" {
				separator = " "
			}
			text = strings.Join(l, separator)
		}
		lines = append(lines, option+" = "+strings.ReplaceAll(strings.ReplaceAll(text, "\n\t", "\n"), "\n", "\n\t"))
	}
	return lines
}
