package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hosts are expressions of templates that are addresses; bracketed are filters that put IPv6 addresses into brackets.
const (
	hosts     = `(?:inventory_hostname|\w*_ip|ip|\w*host|\w*addr|\w*address|item)`
	bracketed = `\|\s*(?:with_port|ipwrap)\b`
)

var (
	colonAfter  = regexp.MustCompile(`\b` + hosts + `(?:\s*\|[^~'"]*)?\s*~\s*['"]:`)
	doubleColon = regexp.MustCompile(`\{\{[^{}]*\b` + hosts + `\b[^{}]*\}\}:(?:\{\{|\d)`)
	inURL       = regexp.MustCompile(`://(?:\{\{|['"]\s*~)\s*(?:\w+\.)?` + hosts + `\b(?:\s*\|[^~})]*)?`)
	isBracketed = regexp.MustCompile(bracketed)

	goFormat = regexp.MustCompile(`%[svq]:%[dsv]|://%[sv]`)
	goURL    = regexp.MustCompile(`://" ?\+ ?(?:\w+\.)*(?:\w*[hH]ost|\w*[aA]ddr(?:ess)?|[nN]ame|ip|IP)\b`)
	goColon  = regexp.MustCompile(`(?:[hH]ost|[aA]ddr(?:ess)?|"ip"\]) ?\+ ?":" ?\+|\+ ?":" ?\+ ?(?:\w+\.)*(?:\w*[pP]ort\b|v\["port)`)
	goNames  = regexp.MustCompile(`, (?:\w+\.)*\w*(?:[hH]ost|[aA]ddr|[aA]ddress|[pP]ort)\b`)
)

// unbracketed is what a line of a template or a task makes of an address and a port, or puts into a URL, without thinking of IPv6; "" if nothing.
func unbracketed(line string) string {
	for _, form := range []*regexp.Regexp{colonAfter, doubleColon, inURL} {
		for _, found := range form.FindAllString(line, -1) {
			if !isBracketed.MatchString(found) {
				return found
			}
		}
	}
	return ""
}

// An address meets a port, or stands in a URL, only by with_port and ipwrap: an IPv6 address needs brackets there.
func TestAddressesOfContentMayBeIPv6(t *testing.T) {
	t.Parallel()
	lines := 0
	for _, dir := range []string{"roles", "templates", "playbooks"} {
		err := filepath.WalkDir("../../"+dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			for line := range strings.Lines(string(text)) {
				lines++
				if found := unbracketed(line); found != "" {
					t.Errorf("%s: %s: write it with with_port or ipwrap", path, found)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if lines < 1000 {
		t.Errorf("only %d lines were read", lines)
	}
}

// In Go it is format.HostPort, or net.JoinHostPort where a package may not import that.
func TestAddressesOfCodeMayBeIPv6(t *testing.T) {
	t.Parallel()
	files := 0
	for _, dir := range []string{"internal", "cmd"} {
		err := filepath.WalkDir("../../"+dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			text, err := os.ReadFile(path)
			for line := range strings.Lines(string(text)) {
				if withoutBrackets(line) {
					t.Errorf("%s: %s: write it with format.HostPort", path, strings.TrimSpace(line))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 300 {
		t.Errorf("only %d files were read", files)
	}
}

func withoutBrackets(line string) bool {
	return goFormat.MatchString(line) && goNames.MatchString(line) || goURL.MatchString(line) || goColon.MatchString(line)
}

func TestForms(t *testing.T) {
	t.Parallel()
	for line, bad := range map[string]bool{
		`url: "https://{{ inventory_hostname }}:{{ etcd_port }}"`:                         true,
		`url: "https://{{ inventory_hostname | with_port(etcd_port) }}"`:                  false,
		`listen: {{ inventory_hostname }}:{{ patroni_port | word }}`:                      true,
		`- {{ (inventory_hostname ~ ':' ~ nginx_port) | to_json }}`:                       true,
		`- {{ (inventory_hostname | word ~ ':' ~ nginx_port) | to_json }}`:                true,
		`- {{ ('http://' ~ inventory_hostname ~ '/health') | to_json }}`:                  true,
		`- {{ ('http://' ~ inventory_hostname | ipwrap ~ '/health') | to_json }}`:         false,
		`deb http://{{ admin_ip | word }}:{{ nginx_port | word }}/`:                       true,
		`deb http://{{ admin_ip | ipwrap }}/pigsty`:                                       false,
		`server {{ (s.ip ~ ':' ~ s.port) | haproxy_quote }}`:                              true,
		`'@' ~ e.pg_host ~ ':' ~ e.pg_port`:                                               true,
		`*:*:*:{{ u.name | pgpass_quote }}:{{ u.password | pgpass_quote }}`:               false,
		`- { 'ip': inventory_hostname, 'instance': inventory_hostname | with_port(1) }`:   false,
		`proxy_pass {{ site.scheme | default('http', true) | word }}://portal_{{ name }}`: false,
	} {
		if got := unbracketed(line); (got != "") != bad {
			t.Errorf("%s: %q", line, got)
		}
	}
	for line, bad := range map[string]bool{
		`fmt.Sprintf("%s:%d", m.Name, m.ClientPort)`:                 true,
		`fmt.Sprintf("%s://%s:%s/cluster", scheme, host, port)`:      true,
		`fmt.Sprintf("https://%s:%d", n.Name, port)`:                 true,
		`"https://" + m.Name + "/x"`:                                 true,
		`v["ip"]+":"+v["port"]`:                                      true,
		`"https://" + format.HostPort(m.Name, m.Port)`:               false,
		`fmt.Sprintf("%s:%d", p.File, p.Line)`:                       false,
		`fmt.Errorf("%s has the checksum %s:%s", req.URL, sum, got)`: false,
		`at := addr + ":" + port`:                                    true,
	} {
		if withoutBrackets(line) != bad {
			t.Errorf("%s: %v", line, !bad)
		}
	}
}
