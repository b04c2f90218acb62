package differential

import (
	"slices"
	"testing"
)

const answer = `
PLAY [h] ****

TASK [a] ****
ok: [h2] => {
    "msg": "x"
}
[ERROR]: Task failed: no
Origin: /CASE/site.yml:3:5

3 - fail:
    ^ column 5

fatal: [h1]: FAILED! => {"changed": false, "delta": "0:00:01", "msg": "no"}
...ignoring

PLAY RECAP ****
h1   : ok=1
rc=0
`

func TestStatements(t *testing.T) {
	t.Parallel()
	want := []string{
		"PLAY [h] ****", "TASK [a] ****", "fatal: [h1]: FAILED!", "  h1 changed = false", `  h1 delta = "*"`, `  h1 msg = "no"`, "...ignoring",
		"ok: [h2]", `  h2 msg = "x"`, "[ERROR]: Task failed: no at /CASE/site.yml:3:5", "PLAY RECAP ****", "h1   : ok=1", "rc=0",
	}
	if got := Statements(answer); !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestCompareCountsADifferenceOnce(t *testing.T) {
	t.Parallel()
	want := Answer{Output: "PLAY [a]\nTASK [b]\nok: [h]\nTASK [c]\nrc=0\n", Files: "== 644 x\n1\n== 644 y\n2\n"}
	got := Answer{Output: "PLAY [a]\nTASK [b]\nchanged: [h]\nTASK [c]\nrc=0\n", Files: "== 644 x\n1\n"}
	v := Compare(want, got)
	if v.Equal != 5 || v.Total != 7 || !slices.Equal(v.Differ, []string{"- ok: [h]", "+ changed: [h]", "- == 644 y\n2"}) {
		t.Errorf("%+v", v)
	}
	list := Differences{"case": {"- ok*"}, "any": {"+ changed: [h]"}}
	if left := list.Unlisted("case", v.Differ); !slices.Equal(left, []string{"- == 644 y\n2"}) {
		t.Errorf("not listed: %q", left)
	}
}
