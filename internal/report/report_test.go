package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"pig/internal/diag"
)

// mistakes have all that a format has to escape: signs of workflow commands, of XML, of JSON, a secret in the message and in the path.
func mistakes() diag.List {
	at := func(line int) diag.Pos { return diag.Pos{File: "/work/env/a,b:hush.yml", Line: line, Col: 7} }
	return diag.List{
		diag.Warnf(at(2), "weak password %q", "hush"),
		diag.Errorf(at(3), "unknown parameter %q", "pg<&>%\x1b[2J").WithDetail("one\r\ntwo").WithHint("did you mean pg_x, pg_y?"),
		diag.Errorf(at(9), "unknown parameter %q", "pg<&>%\x1b[2J"),
		diag.Errorf(diag.Pos{}, "host %q not found", "x"),
	}
}

func written(t *testing.T, format Format, list diag.List) string {
	t.Helper()
	r := Report{Title: "pig validate", Version: "1.2.3", Dir: "/work/env", File: "pigsty.yml", Mask: func(s string) string { return strings.ReplaceAll(s, "hush", "••••••") }}
	var b bytes.Buffer
	if err := r.Write(&b, format, list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnnotationsOfGitHub(t *testing.T) {
	t.Parallel()
	want := "::error file=a%2Cb%3Ahush.yml,line=3,col=7,title=pig validate::unknown parameter \"pg<&>%25\\x1b[2J\"%0Aone\\x0d%0Atwo%0Ahint: did you mean pg_x, pg_y?\n" +
		"::error file=a%2Cb%3Ahush.yml,line=9,col=7,title=pig validate::unknown parameter \"pg<&>%25\\x1b[2J\"\n" +
		"::error title=pig validate::host \"x\" not found\n" +
		"::warning file=a%2Cb%3Ahush.yml,line=2,col=7,title=pig validate::weak password \"••••••\"\n"
	got := written(t, GitHub, mistakes())
	got = strings.ReplaceAll(got, `\\x1b`, `\x1b`)
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := written(t, GitHub, nil); got != "" {
		t.Errorf("nothing is wrong: %q", got)
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	var log sarifLog
	if err := json.Unmarshal([]byte(written(t, SARIF, mistakes())), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || len(run.Results) != 4 || len(run.Tool.Driver.Rules) != 3 {
		t.Fatalf("%+v", log)
	}
	first, third := run.Results[0], run.Results[2]
	if first.RuleID != "unknown-parameter" || first.Level != "error" || *first.Locations[0].Physical.Region != (sarifRegion{3, 7}) || first.Locations[0].Physical.Artifact.URI != "a,b:hush.yml" && first.Locations[0].Physical.Artifact.URI != "./a,b:hush.yml" {
		t.Errorf("%+v", first)
	}
	if third.Locations[0].Physical.Artifact.URI != "pigsty.yml" {
		t.Errorf("a mistake without a place: %+v", third)
	}
	if run.Results[0].Fingerprints["pig/v1"] == run.Results[1].Fingerprints["pig/v1"] {
		t.Error("two mistakes have one fingerprint")
	}
	if text := written(t, SARIF, nil); !strings.Contains(text, `"results": []`) || !strings.Contains(text, `"rules": []`) {
		t.Errorf("nothing is wrong: %s", text)
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	text := written(t, JUnit, mistakes())
	var all junitSuites
	if err := xml.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	names := map[string]bool{}
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			if names[c.Class+c.Name] {
				t.Errorf("two tests are named %s %s", c.Class, c.Name)
			}
			names[c.Class+c.Name] = true
		}
	}
	if all.Tests != 4 || all.Failures != 3 || len(names) != 4 || all.Suites[0].Name != "a,b:hush.yml" || !strings.Contains(all.Suites[0].Cases[0].Failure.Text, "\ntwo\nhint: ") {
		t.Errorf("%+v", all)
	}
	if err := xml.Unmarshal([]byte(written(t, JUnit, nil)), &all); err != nil || !strings.Contains(written(t, JUnit, nil), `tests="1" failures="0"`) {
		t.Errorf("nothing is wrong: %v, %s", err, written(t, JUnit, nil))
	}
}

func TestCodeQuality(t *testing.T) {
	t.Parallel()
	var all []map[string]any
	if err := json.Unmarshal([]byte(written(t, CodeQuality, mistakes())), &all); err != nil {
		t.Fatal(err)
	}
	prints := map[any]bool{}
	for _, one := range all {
		prints[one["fingerprint"]] = true
		if s := one["severity"]; s != "critical" && s != "minor" {
			t.Errorf("severity %v", s)
		}
	}
	if len(prints) != 4 || all[0]["check_name"] != "unknown-parameter" {
		t.Errorf("%v", all)
	}
	// A line above moves a mistake, and it stays the same one.
	moved := mistakes()
	for _, d := range moved {
		d.Pos.Line++
	}
	if err := json.Unmarshal([]byte(written(t, CodeQuality, moved)), &all); err != nil || !prints[all[0]["fingerprint"]] || !prints[all[3]["fingerprint"]] {
		t.Errorf("a line above makes other mistakes of them: %v", err)
	}
	if text := written(t, CodeQuality, nil); text != "[]\n" {
		t.Errorf("nothing is wrong: %q", text)
	}
}

// Messages are masked, paths are not: an annotation at a masked path is nowhere.
func TestPathsAreNeverMasked(t *testing.T) {
	t.Parallel()
	for _, name := range Formats() {
		if name == string(Text) {
			continue
		}
		text := written(t, Format(name), mistakes())
		if strings.Contains(text, `password "hush`) || strings.Contains(text, `password \"hush`) || strings.Contains(text, "&#34;hush") {
			t.Errorf("%s tells a secret: %s", name, text)
		}
		if !strings.Contains(text, "hush.yml") || strings.Contains(text, "/work/env") {
			t.Errorf("%s: the path is masked or not relative: %s", name, text)
		}
		if strings.ContainsAny(text, "\x1b\r") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func TestFormatsByName(t *testing.T) {
	t.Parallel()
	var f Format
	if f.String() != "text" || !f.Plain() || f.Set("xml") == nil || f.Set("junit") != nil || f != JUnit || f.Plain() {
		t.Errorf("%q", f)
	}
}
