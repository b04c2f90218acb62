package cli

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pig/internal/playbook"
	"pig/internal/value"
)

// everyTask gives the tasks of all of pig's playbooks, playbook by playbook.
func everyTask(t *testing.T, look func(name string, tasks []*playbook.Task)) {
	t.Helper()
	s := ownContent()
	files, err := filepath.Glob("../../playbooks/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yml")
		look(name, reached(t, s, name))
	}
}

// shortcuts are tasks that restart or reload for a change at once, with what else does it if the run ends before.
var shortcuts = map[string]string{
	"pgsql : Reload Patroni after a change of the etcd password": "the file with the password has a handler, which does the same; this is only sooner, since etcd takes the former password no longer",
}

// A run can end between a change and a task that looks whether there was one. A handler is noted on the node before the change.
func TestRestartsForAChangeAreHandlers(t *testing.T) {
	met := map[string]bool{}
	everyTask(t, func(_ string, tasks []*playbook.Task) {
		for _, task := range tasks {
			if task.Handler || !slices.Contains([]string{"service", "systemd", "systemd_service"}, task.Action) {
				continue
			}
			state := text(task.Args.At("state"))
			if !strings.Contains(state, "restarted") && !strings.Contains(state, "reloaded") {
				continue
			}
			why := state + fmt.Sprint(task.When)
			for b := task.Parent; b != nil; b = b.Parent {
				why += fmt.Sprint(b.When)
			}
			if !strings.Contains(why, "changed") {
				continue
			}
			if met[task.Title()] = true; shortcuts[task.Title()] == "" {
				t.Errorf("%s: %q restarts or reloads if something has changed: let a handler do that, which an interrupted run does not lose", task.Pos, task.Title())
			}
		}
	})
	for title := range shortcuts {
		if !met[title] {
			t.Errorf("there is no task %q any more that would need its exception", title)
		}
	}
}

// What is staged is put into place: by a later task with the same name of the set, on the same host, under every tag that selects it. It
// is that task that changes something and calls for handlers.
func TestWhatIsStagedIsPutIntoPlace(t *testing.T) {
	sets := 0
	everyTask(t, func(name string, tasks []*playbook.Task) {
		for i, task := range tasks {
			if task.Args == nil || task.Args.At("staged") == nil || task.Action == "configuration" {
				continue
			}
			sets++
			set := value.Str(task.Args.At("staged"))
			if len(task.Notify) > 0 || task.Register != "" {
				t.Errorf("%s: %q changes nothing yet, so it has nothing to register and nobody to notify", task.Pos, task.Name)
			}
			at := slices.IndexFunc(tasks[i:], func(t *playbook.Task) bool {
				return t.Action == "configuration" && value.Str(t.Args.At("staged")) == set
			})
			if at < 0 {
				t.Errorf("%s: %s.yml puts %s nowhere into place", task.Pos, name, set)
				continue
			}
			place := tasks[i+at]
			if fmt.Sprint(place.DelegateTo) != fmt.Sprint(task.DelegateTo) {
				t.Errorf("%s: %q is for another host than %q", task.Pos, task.Name, place.Name)
			}
			if len(place.Notify) == 0 || place.Args.At("check") == nil {
				t.Errorf("%s: %q has no check or notifies nobody", place.Pos, place.Name)
			}
			for _, tag := range task.AllTags() {
				if !slices.Contains(place.AllTags(), tag) {
					t.Errorf("%s: -t %s selects %q without %q", task.Pos, tag, task.Name, place.Name)
				}
			}
		}
	})
	if sets == 0 {
		t.Error("nothing is staged")
	}
}

// checkers are the programs that can tell what is wrong with a file, by where it is written.
var checkers = []struct {
	dest  *regexp.Regexp
	check string
}{
	{regexp.MustCompile(`^/etc/haproxy/(haproxy\.cfg|conf\.d/)`), "haproxy -c"},
	{regexp.MustCompile(`^/etc/nginx/conf\.d/`), "nginx -t"},
	{regexp.MustCompile(`^/etc/keepalived/`), "keepalived --config-test"},
	{regexp.MustCompile(`^/etc/sudoers`), "visudo -c"},
	{regexp.MustCompile(`^/etc/ssh/sshd_config`), "sshd -t"},
	{regexp.MustCompile(`^/etc/nftables\.d/`), "nft -c"},
	{regexp.MustCompile(`^/etc/chrony/chrony\.conf`), "chronyd -p"},
	{regexp.MustCompile(`^/etc/dnsmasq\.conf`), "dnsmasq --test"},
	{regexp.MustCompile(`^/etc/logship/`), "rsyslogd -N1"},
	{regexp.MustCompile(`^/pg/conf/\{\{ pg_instance \}\}\.yml`), "patroni --validate-config"},
	{regexp.MustCompile(`^\{\{ infra_data \}\}/(rules|prometheus\.yml)|^/etc/default/(vmalert|victoria-metrics)`), "-dryRun"},
	{regexp.MustCompile(`^/etc/prometheus/alertmanager\.yml`), "amtool check-config"},
	{regexp.MustCompile(`^/etc/prometheus/blackbox\.yml`), "prometheus-blackbox-exporter --config.check"},
}

// A file that a program can check is checked before it replaces what stands.
func TestFilesAreCheckedByWhatReadsThem(t *testing.T) {
	met := make([]bool, len(checkers))
	everyTask(t, func(_ string, tasks []*playbook.Task) {
		for _, task := range tasks {
			if task.Action != "template" && task.Action != "copy" && task.Action != "lineinfile" && task.Action != "blockinfile" {
				continue
			}
			dest := text(task.Args.At("dest")) + text(task.Args.At("path"))
			for n, c := range checkers {
				if !c.dest.MatchString(dest) {
					continue
				}
				met[n] = true
				if task.Args.At("staged") == nil && !strings.Contains(value.Str(task.Args.At("check")), c.check) {
					t.Errorf("%s: %q writes %s without %s", task.Pos, task.Name, dest, c.check)
				}
			}
		}
	})
	for n, c := range checkers {
		if !met[n] && c.check != "sshd -t" { // pig writes none yet
			t.Errorf("no task writes %s", c.dest)
		}
	}
}

func text(v value.Value) string {
	if v == nil {
		return ""
	}
	return value.Str(v)
}
