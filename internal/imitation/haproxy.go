package imitation

import (
	"regexp"
	"slices"
	"strings"
)

var haproxyBind = regexp.MustCompile(`(?m)^\s*bind\s+(\S+):(\d+)( v4v6)?`)

// haproxyListens opens the ports that the configuration binds, and closes those that it no longer does.
func haproxyListens(d *Daemon) error {
	d.Close()
	for path, text := range d.Read {
		if !strings.HasSuffix(path, ".cfg") {
			continue
		}
		for _, m := range haproxyBind.FindAllStringSubmatch(text, -1) {
			addr := strings.Trim(m[1], "[]")
			switch {
			case addr == "*":
				addr = "0.0.0.0"
			case addr == "::" && m[3] != "":
				addr = "*"
			}
			if err := d.Listen(addr, m[2], Listener{}); err != nil {
				return err
			}
		}
	}
	return nil
}

var haproxySections = []string{"global", "defaults", "frontend", "backend", "listen", "userlist", "resolvers", "peers", "cache", "program", "http-errors", "ring", "mailers"}

// haproxyCheck finds what every haproxy finds: lines that begin no section.
func haproxyCheck(c *Invocation) int {
	c.Machine.mu.Lock()
	files := c.Machine.contents([]string{"/etc/haproxy"})
	c.Machine.mu.Unlock()
	for _, path := range sortedKeys(files) {
		text := files[path]
		if !strings.HasSuffix(path, ".cfg") {
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), Bogus+" ") {
				c.Fail("[NOTICE]   (%d) : haproxy version is 3.0.11", c.Machine.world.now().UnixMicro()%10000)
				return c.Fail("[ALERT]    (%d) : config : parsing [%s:%d] : unknown keyword '%s' in 'listen' section", c.Machine.world.now().UnixMicro()%10000, path, i+1, Bogus)
			}
			if line == "" || strings.HasPrefix(line, "#") || line[0] == ' ' || line[0] == '\t' {
				continue
			}
			if word := strings.Fields(line)[0]; !slices.Contains(haproxySections, word) {
				return c.Fail("[ALERT] parsing [%s]: unknown keyword '%s' out of section.", path, word)
			}
		}
	}
	return 0
}

// between is what stands in a text after a word, up to another; without the word it is what else is given.
func between(text, after, before, otherwise string) string {
	_, rest, ok := strings.Cut(text, after)
	if !ok {
		return otherwise
	}
	rest, _, _ = strings.Cut(rest, before)
	return strings.Trim(strings.TrimSpace(rest), `"'`)
}
