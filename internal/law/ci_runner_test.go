package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/value"
	"pig/internal/yaml"
)

// runner is a machine that runs jobs of a pipeline in one working directory. Each job begins, as the runners of GitHub and GitLab do, with nothing but
// what the repository has.
type runner struct {
	*shell
	clone, work string
	jobs        *value.Dict
	sha         string
}

func (s *shell) runner(clone, file string) *runner {
	s.t.Helper()
	doc, _, err := yaml.Parse([]byte(s.example(file)), file, yaml.Options{})
	s.do(err)
	r := &runner{shell: s, clone: clone, work: filepath.Join(s.dir, "work"), jobs: doc.(*value.Dict)}
	s.must(s.dir, "git", "clone", "-q", clone, r.work)
	return r
}

// checkout brings a commit to the working directory, and deletes all else there.
func (r *runner) checkout() {
	r.t.Helper()
	r.must(r.work, "git", "fetch", "-q", "origin")
	r.must(r.work, "git", "reset", "-q", "--hard", r.sha)
	r.must(r.work, "git", "clean", "-qffdx")
}

// github runs a job as GitHub does: it gives what the steps say, the outputs of the step plan and its summary. The conditions are those of the page.
func (r *runner) github(job, event, status string) (said string, outputs, summary string, code int) {
	r.t.Helper()
	d := r.jobs.At("jobs").(*value.Dict).At(job).(*value.Dict)
	dir := r.t.TempDir()
	files := []string{"GITHUB_OUTPUT=" + filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary"), "GITHUB_SHA=" + r.sha}
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(dir, name))
		return string(text)
	}
	holds := func(condition value.Value) bool {
		if condition == nil {
			return true
		}
		for part := range strings.SplitSeq(condition.(string), " && ") {
			left, right, ok := strings.Cut(part, " == ")
			not := false
			if !ok {
				left, right, ok = strings.Cut(part, " != ")
				not = true
			}
			is, known := map[string]string{"github.event_name": event, "needs.plan.outputs.status": status, "steps.plan.outputs.status": strings.TrimPrefix(strings.TrimSpace(read("output")), "status=")}[left]
			if !ok || !known {
				r.t.Fatalf("the runner does not know the condition %q", part)
			}
			if ("'"+is+"'" == right) == not {
				return false
			}
		}
		return true
	}
	if !holds(d.At("if")) {
		return "", "", "", -1
	}
	for _, item := range d.At("steps").(*value.List).Items {
		step := item.(*value.Dict)
		if step.At("uses") != nil {
			r.checkout()
			continue
		}
		if !holds(step.At("if")) {
			continue
		}
		env := files
		if vars, ok := step.At("env").(*value.Dict); ok {
			for name, v := range vars.All() {
				env = append(env, name.(string)+"="+strings.NewReplacer("${{ github.token }}", "t0ken", "${{ github.event.number }}", "7").Replace(v.(string)))
			}
		}
		out, rc := r.run(r.work, env, "bash", "-e", "-c", step.At("run").(string))
		said += out
		if rc != 0 {
			return said, read("output"), read("summary"), rc
		}
	}
	return said, read("output"), read("summary"), 0
}

// gitlab runs a job as GitLab does, with the artifacts of the jobs that it needs; its own are kept for the next.
func (r *runner) gitlab(job string, artifacts string) (said string, code int) {
	r.t.Helper()
	r.checkout()
	d := r.jobs.At(job).(*value.Dict)
	if d.At("needs") != nil {
		r.must(artifacts, "cp", "-r", ".", r.work)
	}
	lines := r.jobs.At("default").(*value.Dict).At("before_script").(*value.List).Items
	switch script := d.At("script").(type) {
	case *value.List:
		lines = append(append([]value.Value{}, lines...), script.Items...)
	default:
		lines = append(append([]value.Value{}, lines...), script)
	}
	text := "set -eo pipefail\n"
	for _, line := range lines {
		text += line.(string) + "\n"
	}
	said, code = r.run(r.work, nil, "bash", "-c", text)
	kept, _ := d.At("artifacts").(*value.Dict)
	if kept == nil || code != 0 && kept.At("when") != "always" {
		return said, code
	}
	var names []value.Value
	if paths, ok := kept.At("paths").(*value.List); ok {
		names = paths.Items
	}
	for _, report := range kept.At("reports").(*value.Dict).All() {
		names = append(names, report)
	}
	for _, name := range names {
		r.must(r.work, "cp", name.(string), artifacts)
	}
	return said, code
}

func TestGitHubsJobsOfThePage(t *testing.T) {
	l, s, clone := pipeline(t)
	r := s.runner(clone, "github.yml")
	s.write(filepath.Join(s.bin, "gh"), "#!/bin/sh\necho \"$@\" > "+s.dir+"/gh.args\ncat comment.md > "+s.dir+"/gh.body\n", 0o755)
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(s.dir, name))
		return string(text)
	}

	r.sha = s.commit(clone, twoNodes+"    pg_port: yes\n")
	if out, _, _, code := r.github("plan", "pull_request", ""); code != 1 || !strings.Contains(out, "::error file=pigsty.yml,line=10,col=14") {
		t.Errorf("a mistake: exit status %d\n%s", code, out)
	}
	r.sha = s.commit(clone, twoNodes)
	if out, status, _, code := r.github("plan", "pull_request", ""); code != 0 || status != "status=0\n" || read("gh.args") != "" {
		t.Errorf("nothing to do: exit status %d, %s, %s\n%s", code, status, read("gh.args"), out)
	}
	r.sha = s.commit(clone, twoNodes+"    "+oneMoreName+"\n")
	before := l.deeds()
	if out, status, summary, code := r.github("plan", "pull_request", ""); code != 0 || status != "status=2\n" || !strings.Contains(summary, "/etc/hosts") || read("gh.body") != summary || read("gh.args") != "pr comment 7 --body-file comment.md\n" {
		t.Errorf("a pull request: exit status %d, %s, gh %s\n%s\n%s", code, status, read("gh.args"), summary, out)
	}
	if _, _, _, code := r.github("apply", "pull_request", "2"); code != -1 || l.deeds() != before {
		t.Errorf("a pull request is applied: exit status %d", code)
	}
	if out, status, _, code := r.github("plan", "push", ""); code != 0 || status != "status=2\n" {
		t.Errorf("a push: exit status %d, %s\n%s", code, status, out)
	}
	if out, _, _, code := r.github("apply", "push", "2"); code != 0 || !strings.Contains(l.hosts(), "x.example") || s.lastRun("apply") != "apply "+s.dir+"/plans/"+r.sha+".plan --lock-timeout 10m --format github" {
		t.Errorf("the approval ran %q: exit status %d\n%s", s.lastRun("apply"), code, out)
	}
	if out, _, _, code := r.github("drift", "schedule", ""); code != 0 || !strings.Contains(out, "No drift.") {
		t.Errorf("drift after the apply: exit status %d\n%s", code, out)
	}
	l.byHand(t)
	if out, _, _, code := r.github("drift", "schedule", ""); code != 2 || !strings.Contains(out, "/etc/hosts") {
		t.Errorf("drift after a change by hand: exit status %d\n%s", code, out)
	}
	for job, event := range map[string]string{"plan": "schedule", "drift": "push"} {
		if _, _, _, code := r.github(job, event, ""); code != -1 {
			t.Errorf("job %s runs for %s", job, event)
		}
	}
	s.write(filepath.Join(clone, "policies/a.yml"), ciPolicy, 0o600)
	r.sha = s.commit(clone, twoNodes)
	if out, status, _, code := r.github("plan", "pull_request", ""); code == 0 || status != "status=1\n" || !strings.Contains(out, "denied by policy") {
		t.Errorf("a policy that denies: exit status %d, %s\n%s", code, status, out)
	}
}

func TestGitLabsJobsOfThePage(t *testing.T) {
	l, s, clone := pipeline(t)
	r := s.runner(clone, "gitlab.yml")
	read := func(dir, name string) string {
		text, _ := os.ReadFile(filepath.Join(dir, name))
		return string(text)
	}
	r.sha = s.commit(clone, twoNodes+"    pg_port: yes\n")
	kept := t.TempDir()
	if out, code := r.gitlab("validate", kept); code != 1 || !strings.Contains(read(kept, "quality.json"), `"begin": 10`) || !strings.Contains(out, "pigsty.yml:10:14") {
		t.Errorf("a mistake: exit status %d\n%s\n%s", code, read(kept, "quality.json"), out)
	}
	if out, code := r.gitlab("plan", kept); code != 1 {
		t.Errorf("a plan of a mistake: exit status %d\n%s", code, out)
	}
	r.sha = s.commit(clone, twoNodes+"    "+oneMoreName+"\n")
	kept = t.TempDir()
	before := l.deeds()
	if out, code := r.gitlab("validate", kept); code != 0 || strings.Contains(read(kept, "quality.json"), `"begin": 10`) {
		t.Errorf("validate: exit status %d\n%s\n%s", code, read(kept, "quality.json"), out)
	}
	if out, code := r.gitlab("plan", kept); code != 0 || !strings.Contains(read(kept, "plan.md"), "/etc/hosts") || !strings.Contains(read(kept, "plan.json"), `"update": 2`) || l.deeds() != before {
		t.Errorf("plan: exit status %d\n%s\n%s", code, read(kept, "plan.json"), out)
	}
	if out, code := r.gitlab("apply", kept); code != 0 || !strings.Contains(l.hosts(), "x.example") {
		t.Errorf("apply: exit status %d\n%s", code, out)
	}
	if out, code := r.gitlab("drift", kept); code != 0 || !strings.Contains(out, "No drift.") {
		t.Errorf("drift after the apply: exit status %d\n%s", code, out)
	}
}
