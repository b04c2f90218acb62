package builtin_test

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/node"
)

// ufwCommand is ufw as far as rules go: its dry run tells whether a rule would be new. What it did is in the list.
func ufwCommand(rules *[]string) imitation.Command {
	return func(c *imitation.Invocation) int {
		words := c.Argv[1:]
		dry := words[0] == "--dry-run"
		if dry {
			words = words[1:]
		}
		if words[0] == "-f" || words[0] == "default" || words[0] == "logging" {
			set := func(file, old, now string) {
				text, _ := c.Files.Read(file)
				_ = c.Files.Write(file, []byte(strings.Replace(string(text), old, now, 1)), node.Attrs{})
			}
			switch strings.Join(words, " ") {
			case "-f enable":
				set("/etc/ufw/ufw.conf", "ENABLED=no", "ENABLED=yes")
			case "-f disable":
				set("/etc/ufw/ufw.conf", "ENABLED=yes", "ENABLED=no")
			case "logging medium":
				set("/etc/ufw/ufw.conf", "LOGLEVEL=low", "LOGLEVEL=medium")
			case "default deny incoming":
				set("/etc/default/ufw", `INPUT_POLICY="ACCEPT"`, `INPUT_POLICY="DROP"`)
			}
			return 0
		}
		rule := strings.Join(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "delete" }), " ")
		there, remove := slices.Contains(*rules, rule), slices.Contains(words, "delete")
		switch {
		case remove && !there:
			c.Say("Could not delete non-existent rule\n")
		case !remove && there:
			c.Say("Skipping adding existing rule\n")
		case dry:
			c.Say("*filter\n### tuple ###\n")
		case remove:
			*rules = slices.DeleteFunc(*rules, func(r string) bool { return r == rule })
		default:
			*rules = append(*rules, rule)
		}
		return 0
	}
}

func TestRulesOfUfw(t *testing.T) {
	t.Parallel()
	var rules []string
	m := newMachine(with(map[string]imitation.Command{"ufw": ufwCommand(&rules)}))
	m.Put(imitation.Laid{Path: "/etc/ufw/ufw.conf", Content: "ENABLED=no\nLOGLEVEL=low\n"})
	m.Put(imitation.Laid{Path: "/etc/default/ufw", Content: "DEFAULT_INPUT_POLICY=\"ACCEPT\"\nDEFAULT_OUTPUT_POLICY=\"ACCEPT\"\n"})
	on(t, m,
		deed{module: "ufw", args: args("rule", "allow", "port", "22", "proto", "tcp"), makes: "ufw rule allow from any to any port 22 proto tcp create"},
		deed{module: "ufw", args: args("rule", "allow", "src", "192.0.2.0/24", "to_port", "80", "comment", "web", "interface", "eth0", "direction", "in"), makes: "ufw rule allow in on eth0 from 192.0.2.0/24 to any port 80 comment web create"},
		deed{module: "ufw", args: args("rule", "allow", "port", "22", "proto", "tcp", "delete", true), makes: "ufw rule delete allow from any to any port 22 proto tcp delete"},
		deed{module: "ufw", args: args("rule", "deny", "app", "OpenSSH", "log", true, "insert", 1), makes: "ufw rule insert 1 deny log from any to any app OpenSSH create"},
		deed{module: "ufw", args: args("state", "enabled", "policy", "deny"), makes: "ufw firewall enable; ufw default incoming update"},
		deed{module: "ufw", args: args("default", "allow", "direction", "outgoing", "logging", "on")},
		deed{module: "ufw", args: args("logging", "medium"), makes: "ufw logging update"},
		deed{module: "ufw", args: args("state", "disabled"), makes: "ufw firewall disable"},
		deed{module: "ufw", args: args("state", "reloaded")},
		deed{module: "ufw", args: args("rule", "allow", "interface", "eth0"), failed: "Direction must be specified"},
		deed{module: "ufw", args: args("rule", "allow", "interface_in", "a", "interface_out", "b"), failed: "Only route rules can combine"},
		deed{module: "ufw", args: args("rule", "allow", "direction", "routed"), failed: "invalid direction routed"},
		deed{module: "ufw", args: args("port", "1"), failed: "needs one of: default, rule, logging, state"},
	)
}

// firewallCommand is firewall-cmd with one zone, public, as a set of what is in it.
func firewallCommand(have map[string]bool, running bool) imitation.Command {
	return func(c *imitation.Invocation) int {
		line := strings.Join(c.Argv[1:], " ")
		switch {
		case line == "--state" && !running:
			return c.Fail("not running")
		case line == "--state":
			return 0
		case line == "--get-default-zone":
			c.Say("public\n")
			return 0
		case strings.HasSuffix(line, "--get-zones"):
			c.Say("block public")
			for k := range have {
				if z, ok := strings.CutPrefix(k, "zone="); ok {
					c.Say(" %s", z)
				}
			}
			return 0
		}
		for verb, on := range map[string]bool{"--add-": true, "--remove-": false, "--new-": true, "--delete-": false} {
			if strings.Contains(line, verb) {
				have[strings.Replace(strings.TrimPrefix(line, "--permanent "+verb), verb, "", 1)] = on
				if !on {
					delete(have, strings.Replace(strings.TrimPrefix(line, "--permanent "+verb), verb, "", 1))
				}
				return 0
			}
		}
		if !have[strings.Replace(line, "--query-", "", 1)] {
			return 1
		}
		return 0
	}
}

func TestZonesOfFirewalld(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	m := newMachine(with(map[string]imitation.Command{"firewall-cmd": firewallCommand(have, true)}))
	on(t, m,
		deed{module: "firewalld", args: args("service", "https", "state", "enabled"), makes: "firewalld public service https create"},
		deed{module: "firewalld", args: args("service", "https", "state", "enabled", "permanent", true), makes: "firewalld public permanent service https create"},
		deed{module: "firewalld", args: args("port", "80/tcp", "state", "enabled", "permanent", true, "immediate", true, "zone", "dmz"), makes: "firewalld dmz permanent port 80/tcp create; firewalld dmz port 80/tcp create"},
		deed{module: "firewalld", args: args("port", "80/tcp", "state", "disabled", "zone", "dmz"), makes: "firewalld dmz port 80/tcp delete"},
		deed{module: "firewalld", args: args("masquerade", "true", "state", "enabled"), makes: "firewalld public masquerade create"},
		deed{module: "firewalld", args: args("masquerade", "false", "state", "enabled"), makes: "firewalld public masquerade delete"},
		deed{module: "firewalld", args: args("port_forward", list(args("port", 443, "proto", "tcp", "toport", 8443)), "state", "enabled"), makes: "firewalld public forward-port port=443:proto=tcp:toport=8443 create"},
		deed{module: "firewalld", args: args("zone", "own", "state", "present", "permanent", true), makes: "firewalld zone own create"},
		deed{module: "firewalld", args: args("zone", "own", "state", "absent", "permanent", true), makes: "firewalld zone own delete"},
		deed{module: "firewalld", args: args("port", "80", "state", "enabled"), failed: "improper port format"},
		deed{module: "firewalld", args: args("port", "80/tcp", "state", "present"), failed: "can only be used in zone level operations"},
		deed{module: "firewalld", args: args("zone", "own", "state", "present"), failed: "Zone operations must be permanent"},
		deed{module: "firewalld", args: args("state", "enabled"), failed: "nothing to do"},
		deed{module: "firewalld", args: args("service", "a", "port", "1/tcp", "state", "enabled"), failed: "takes only one of"},
	)
	off := newMachine(with(map[string]imitation.Command{"firewall-cmd": firewallCommand(have, false), "firewall-offline-cmd": firewallCommand(map[string]bool{}, false)}))
	on(t, off,
		deed{module: "firewalld", args: args("service", "https", "state", "enabled", "permanent", true), failed: "firewalld is not running"},
		deed{module: "firewalld", args: args("service", "https", "state", "enabled", "permanent", true, "offline", true), makes: "firewalld public permanent service https create"},
	)
}

// selinuxCommands are those of SELinux with one boolean and a list of contexts.
func selinuxCommands(mode string) map[string]imitation.Command {
	now, lasting := "off", "off"
	contexts := []string{"/srv(/.*)?   all files   system_u:object_r:var_t:s0"}
	return map[string]imitation.Command{
		"getenforce": says(map[string]string{"": mode + "\n"}),
		"getsebool": func(c *imitation.Invocation) int {
			if c.Argv[1] != "httpd_on" {
				return c.Fail("no such boolean")
			}
			c.Say("httpd_on --> %s\n", now)
			return 0
		},
		"setsebool": func(c *imitation.Invocation) int {
			now = c.Argv[len(c.Argv)-1]
			if c.Argv[1] == "-P" {
				lasting = now
			}
			return 0
		},
		"semanage": func(c *imitation.Invocation) int {
			words := c.Argv[1:]
			target := words[len(words)-1]
			switch {
			case words[0] == "boolean":
				c.Say("httpd_on   (%s , %s)  what it is\n", now, lasting)
			case words[1] == "-l":
				c.Say("%s\n", strings.Join(contexts, "\n"))
			case slices.Contains(words, "-e"):
				at := slices.Index(words, "-e")
				contexts = append(contexts, target+" = "+words[at+1])
			default:
				contexts = slices.DeleteFunc(contexts, func(l string) bool { return strings.HasPrefix(l, target+" ") })
				if words[1] != "-d" {
					word := func(flag string) string { return words[slices.Index(words, flag)+1] }
					contexts = append(contexts, target+"  all files  "+word("-s")+":object_r:"+word("-t")+":"+word("-r"))
				}
			}
			return 0
		},
	}
}

func TestSELinux(t *testing.T) {
	t.Parallel()
	on(t, newMachine(with(selinuxCommands("Enforcing"))),
		deed{module: "seboolean", args: args("name", "httpd_on", "state", true), makes: "selinux boolean httpd_on update"},
		deed{module: "seboolean", args: args("name", "httpd_on", "state", true, "persistent", true), makes: "selinux boolean httpd_on update"},
		deed{module: "seboolean", args: args("name", "nosuch", "state", true), failed: "does not exist"},
		deed{module: "sefcontext", args: args("target", "/srv(/.*)?", "setype", "httpd_t"), makes: "selinux context /srv(/.*)? (all files) update"},
		deed{module: "sefcontext", args: args("path", "/web", "setype", "httpd_t", "seuser", "u"), makes: "selinux context /web (all files) create"},
		deed{module: "sefcontext", args: args("path", "/web", "setype", "httpd_t", "state", "absent"), makes: "selinux context /web (all files) delete"},
		deed{module: "sefcontext", args: args("path", "/home2", "equal", "/home"), makes: "selinux context /home2 (substitute) create"},
		deed{module: "sefcontext", args: args("path", "/web"), failed: "any of the following are missing: setype, substitute"},
	)
	on(t, newMachine(with(selinuxCommands("Disabled"))),
		deed{module: "seboolean", args: args("name", "httpd_on", "state", true), failed: "SELinux is disabled"},
		deed{module: "seboolean", args: args("name", "httpd_on", "state", true, "ignore_selinux_state", true), makes: "selinux boolean httpd_on update"},
	)
}
