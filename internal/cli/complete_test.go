package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// completed is what a shell gets for a line, the last word of which is begun, with the directive at the end.
func completed(t *testing.T, words ...string) (found []string, directive string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Main(built(), append([]string{"pig", "__complete"}, words...), strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("%v: exit status %d\n%s", words, code, errs.String())
	}
	if text := errs.String(); !strings.HasPrefix(text, "Completion ended with directive") {
		t.Errorf("%v: says %s", words, text)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[:len(lines)-1], lines[len(lines)-1]
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"pgsql-switchover pg":                 "pg-meta pg-test",
		"pgsql-switchover pg-test ":           "pg-test-1 pg-test-2 pg-test-3",
		"pgsql-switchover pg-test pg-test-1 ": "",
		"pgsql-restart pg-test pg-test-1 ":    "pg-test-2 pg-test-3",
		"pgsql-add pg-test ":                  "10.10.10.11 10.10.10.12 10.10.10.13",
		"pgsql-user pg-test ":                 "test",
		"pgsql-user pg-none ":                 "",
		"pgsql-db pg-meta ":                   "meta",
		"psql pg":                             "pg-meta pg-test",
		"psql pg-test --member ":              "pg-test-1 pg-test-2 pg-test-3",
		"pgsql-backup pg-test --type ":        "full diff incr",
		"pgsql-rm pg-test --confirm ":         "pg-test",
		"pgsql-monitor ":                      "",
		"redis-add redis-me":                  "redis-meta redis-meta-1-26379 redis-meta-1-26380 redis-meta-1-26381",
		"redis-rm 10.10.10.10 ":               "6379 6380",
		"redis-rebalance redis-t":             "redis-test",
		"etcd-add ":                           "10.10.10.10",
		"ssh pg":                              "pg-meta pg-test",
		"ssh 10.10.10.1":                      "10.10.10.10 10.10.10.11 10.10.10.12 10.10.10.13",
		"plan pg":                             "pgsql pg-meta pg-test",
		"plan -l pg-":                         "pg-meta pg-test",
		"plan -l pg-meta,pg-":                 "pg-meta,pg-test",
		"plan --limit pg-meta,!10.10.10.13":   "pg-meta,!10.10.10.13",
		"plan -t pg_hb":                       "pg_hba",
		"pgsql -t pg_dbsu,pg_hb":              "pg_dbsu,pg_hba",
		"etcd -t pg_":                         "",
		"plan --format s":                     "sarif",
		"why 10.10.10.13 pg_vers":             "pg_version",
		"why 10.10.10.13":                     "10.10.10.13",
		"inventory graph pg":                  "pg-meta pg-test",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			verb, rest, _ := strings.Cut(line, " ")
			words := append([]string{verb, "-i", "../../inventory/full.yml"}, strings.Split(rest, " ")...)
			if verb == "inventory" {
				sub, rest, _ := strings.Cut(rest, " ")
				words = append([]string{verb, sub, "-i", "../../inventory/full.yml"}, strings.Split(rest, " ")...)
			}
			found, directive := completed(t, words...)
			if got := strings.Join(found, " "); got != want || directive != ":4" {
				t.Errorf("%s %s, want %s :4", got, directive, want)
			}
		})
	}
}

// What a line completes to besides names of the inventory.
func TestCompletionWithoutAnInventory(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"explain pg_users.r":   "pg_users.replication pg_users.roles :4",
		"explain PG_BOOTST":    "PG_BOOTSTRAP :4",
		"completion ":          "bash zsh fish :4",
		"schema ":              "plan :4",
		"play ":                "yml :8",
		"plan -i ":             "yml yaml ini toml :8",
		"repo add ":            "deb :8",
		"show ":                " :0",
		"secret show ":         " :4",
		"pgsql-user pg-test u": " :4",
	} {
		found, directive := completed(t, strings.Split(line, " ")...)
		if got := strings.Join(found, " ") + " " + directive; got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// An inventory that cannot be read without more than its files gives no names and no error: who types has asked for nothing yet.
func TestCompletionOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ran := filepath.Join(dir, "ran")
	for name, text := range map[string]string{
		"broken.yml":  "all: {children: [\n",
		"twisted.yml": "all: 7\n",
		"script":      "#!/bin/sh\ntouch " + ran + "\necho '{\"pg-x\": {\"hosts\": [\"10.0.0.1\"]}}'\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, inventory := range []string{filepath.Join(dir, "broken.yml"), filepath.Join(dir, "twisted.yml"), filepath.Join(dir, "script"), filepath.Join(dir, "none.yml"), "postgres://10.0.0.1/cmdb", "service=none"} {
		if found, _ := completed(t, "ssh", "-i", inventory, ""); len(found) > 0 {
			t.Errorf("%s: %v", inventory, found)
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the inventory script was run")
	}
}

// Encrypted values stay closed, and no completion has one.
func TestCompletionShowsNoSecret(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pigsty.yml")
	text := `all:
  vars: {pg_admin_password: hunter2secret, extra: !vault "$ANSIBLE_VAULT;1.1;AES256\n3333"}
  children:
    pg-x: {hosts: {10.0.0.1: {pg_seq: 1, pg_role: primary}}, vars: {pg_cluster: pg-x, pg_users: [{name: hunter, password: hunter2secret}]}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	found, _ := completed(t, "pgsql-user", "-i", file, "pg-x", "")
	if !slices.Equal(found, []string{"hunter"}) {
		t.Errorf("%v", found)
	}
}

// Every kind of argument that a usage line names is one that completion knows, or one that nothing can know.
func TestEveryArgumentHasAKind(t *testing.T) {
	t.Parallel()
	known := strings.Fields("CLUSTER HOST MEMBER INSTANCE USER DATABASE PORT GROUP PATTERN MODULE SECTION PARAMETER FILE PLANFILE FOLDER ARCHIVE")
	free := strings.Fields("NAME RUN VERSION COMMAND OPTION NODE KEY SERIAL") // of the past, of a secret, of what runs, or anything
	var each func(c *cobra.Command)
	each = func(c *cobra.Command) {
		if isProgram(c.Name()) || c.Hidden || c.ValidArgs != nil {
			return
		}
		for n := range 4 {
			for kind := range strings.SplitSeq(kindAt(c, n), "|") {
				name, _, _ := strings.Cut(kind, ".")
				if name != "" && !slices.Contains(known, name) && !slices.Contains(free, name) {
					t.Errorf("%s: nothing completes %q", c.CommandPath(), kind)
				}
			}
		}
		for _, sub := range c.Commands() {
			each(sub)
		}
	}
	each((&app{Build: built()}).root())
}

// A shell waits for completion with every key: the largest sample takes a moment.
func TestCompletionIsQuick(t *testing.T) {
	best := time.Hour
	for range 3 {
		start := time.Now()
		completed(t, "pgsql-switchover", "-i", "../../inventory/full.yml", "pg-test", "")
		best = min(best, time.Since(start))
	}
	if best > 2*time.Second { // 50 ms on an idle machine
		t.Errorf("takes %v", best)
	}
}

func TestUnknownFlagsAndVerbsHaveSuggestions(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"plan --limt x":           "error: unknown flag: --limt\n  hint: did you mean --limit?\nsee: pig plan --help\n",
		"plan --nothing-like-it":  "error: unknown flag: --nothing-like-it\nsee: pig plan --help\n",
		"completion csh":          `error: invalid shell "csh": want one of bash, zsh, fish`,
		"paln":                    "Did you mean this?\n\tplan\n",
		"cmdb statsu":             "did you mean status?",
		"pgsql-backup --tpye inc": "did you mean --type?",
	} {
		var out bytes.Buffer
		if code := Main(built(), append([]string{"pig"}, strings.Fields(line)...), strings.NewReader(""), &out, &out); code != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exit status %d\n%s\nwant %s", line, code, out.String(), want)
		}
	}
}
