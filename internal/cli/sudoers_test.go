package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pig/internal/jinja"
	"pig/internal/value"
)

// sudoers renders the rules of a role.
func sudoers(t *testing.T, role string, vars ...any) string {
	t.Helper()
	got, err := renderSudoers(t, role, vars...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func renderSudoers(t *testing.T, role string, vars ...any) (string, error) {
	t.Helper()
	text, err := os.ReadFile("../../roles/" + role + "/templates/sudoers")
	if err != nil {
		t.Fatal(err)
	}
	got, err := jinja.New(jinja.Options{Filters: newSource(newScreen(&app{Build: built()}, nil, nil), nil).filters()}).Scope(variables{value.DictOf(vars...)}).Text(string(text), role, jinja.TextOptions{})
	if err != nil {
		return "", err
	}
	return got.(string), nil
}

// The form of an account's name is not looked at in a template: what it gives is refused where it is written.
func TestARenderedNameIsNoRuleOfSudo(t *testing.T) {
	for _, name := range []string{"dba ALL=(ALL) NOPASSWD: ALL #", "dba\nx ALL=(ALL) NOPASSWD: ALL", "%admin", "ALL", "#0", "+net", "a,b", ""} {
		if got, err := renderSudoers(t, "node", "node_admin_username", name, "node_admin_sudo", "limit", "pg_dbsu", "postgres"); err == nil {
			t.Errorf("%q gives rules:\n%s", name, got)
		}
		if got, err := renderSudoers(t, "pgsql", "pg_dbsu", name, "pg_dbsu_sudo", "limit"); err == nil {
			t.Errorf("%q gives rules:\n%s", name, got)
		}
	}
}

func TestLimitedSudoIsNotRoot(t *testing.T) {
	rule := regexp.MustCompile(`^(\w+) ALL=\((\w+)\) NOPASSWD: (.*)$`)
	for role, text := range map[string]string{
		"pgsql": sudoers(t, "pgsql", "pg_dbsu", "postgres", "pg_dbsu_sudo", "limit"),
		"node":  sudoers(t, "node", "node_admin_username", "dba", "node_admin_sudo", "limit", "pg_dbsu", "postgres"),
	} {
		allowed := map[string]bool{}
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			m := rule.FindStringSubmatch(line)
			if m == nil {
				t.Errorf("%s: %q has another form", role, line)
				continue
			}
			if m[2] != "root" { // what another account may do is that account's
				continue
			}
			for command := range strings.SplitSeq(m[3], ", ") {
				program, args, exact := strings.Cut(command, " ")
				switch {
				case !exact || strings.ContainsAny(command, `*?[]!\^`):
					t.Errorf("%s: %q leaves the arguments open", role, command)
				case !filepath.IsAbs(program):
					t.Errorf("%s: %q is looked for in a path", role, command)
				case strings.HasSuffix(program, "systemctl") && strings.Contains(args, "status") && !strings.Contains(args, "--no-pager"),
					strings.HasSuffix(program, "journalctl") && !strings.HasPrefix(args, "--no-pager "):
					t.Errorf("%s: %q opens a pager, which starts a shell", role, command)
				}
				allowed[command] = true
			}
		}
		for _, verb := range []string{"start", "stop", "reload", "restart"} {
			if command := "/usr/bin/systemctl " + verb + " patroni"; !allowed[command] {
				t.Errorf("%s: %q is needed", role, command)
			}
		}
	}
}

func TestSudoersAreValid(t *testing.T) {
	visudo, err := exec.LookPath("visudo")
	if err != nil {
		t.Skip("visudo is not installed here; the roles run it on each node before a file takes its place")
	}
	var all []string
	for _, mode := range []string{"limit", "all", "nopass"} {
		all = append(all, sudoers(t, "pgsql", "pg_dbsu", "postgres", "pg_dbsu_sudo", mode),
			sudoers(t, "node", "node_admin_username", "dba", "node_admin_sudo", mode, "pg_dbsu", "postgres"))
	}
	for _, text := range all {
		file := filepath.Join(t.TempDir(), "sudoers")
		if err := os.WriteFile(file, []byte(text), 0o440); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), visudo, "-cf", file).CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, out, text)
		}
	}
}
