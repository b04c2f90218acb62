package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pig/internal/node"
	"pig/internal/playbook"
	"pig/internal/secret"
	"pig/internal/value"
)

// catcher keeps all that reaches a sink.
type catcher struct {
	Discard
	seen []string
}

func (c *catcher) note(format string, args ...any) {
	c.seen = append(c.seen, fmt.Sprintf(format, args...))
}

func (c *catcher) PlayStarted(_ *playbook.Play, name string, _ []string) { c.note("play %s", name) }
func (c *catcher) TaskStarted(t TaskRef)                                 { c.note("task %s", t.Name) }
func (c *catcher) HostStarted(h string, t TaskRef)                       { c.note("%s begins %s", h, t.Name) }
func (c *catcher) Included(h string, t TaskRef, what, _ string)          { c.note("%s includes %s", h, what) }
func (c *catcher) HostsGone()                                            {}
func (c *catcher) Retrying(h string, t TaskRef, _, _ int)                { c.note("%s tries %s again", h, t.Name) }
func (c *catcher) Warned(text string)                                    { c.note("warning %s", text) }
func (c *catcher) HostDone(h string, t TaskRef, r Result, _ time.Duration) {
	c.note("%s %s %s", h, t.Name, describe(r))
}
func (c *catcher) ItemDone(h string, t TaskRef, r Result) { c.note("%s %s %s", h, t.Name, describe(r)) }

func describe(r Result) string {
	text := fmt.Sprintf("%s|%s|%v|%v", r.Msg, r.Label, r.Warnings, r.Changes)
	for _, c := range r.Changes {
		text += fmt.Sprintf("|%s|%s|%s|%v", c.Before, c.After, c.Diff, c.Attrs)
	}
	if r.Values != nil {
		text += "|" + value.Repr(r.Values)
	}
	for _, item := range r.Items {
		text += "\n" + describe(item)
	}
	return text + "|" + value.Repr(r.Item)
}

const canary = "s3cr3t-C4nary"

func leaky() Result {
	r := Result{Msg: "cannot log in with " + canary, Label: canary, Warnings: []string{"old password " + canary},
		Values:  value.DictOf("stdout", "x "+canary, "password", secret.New(canary), "list", value.NewList(canary, value.DictOf("deep", canary))),
		Item:    canary,
		Changes: []node.Change{{Kind: "file", ID: "/etc/x", Action: "update", Before: "old " + canary, After: "new " + canary, Diff: "- " + canary, Attrs: []node.Attr{{Name: "url", Before: canary, After: "http://u:" + canary + "@h"}}}}}
	r.Items = []Result{{Msg: canary, Changes: r.Changes}}
	return r
}

func TestNoSinkIsToldASecret(t *testing.T) {
	t.Parallel()
	c := &catcher{}
	s := shown{c, secret.NewRedactor(canary)}
	task := TaskRef{Name: "log in with " + canary}
	s.PlayStarted(nil, "play of "+canary, nil)
	s.TaskStarted(task)
	s.HostStarted("h", task)
	s.Retrying("h", task, 1, 2)
	s.Warned("beware of " + canary)
	r := leaky()
	s.HostDone("h", task, r, 0)
	s.ItemDone("h", task, r)
	if len(c.seen) != 7 {
		t.Fatalf("%d of 7 events arrive", len(c.seen))
	}
	for _, line := range c.seen {
		if strings.Contains(line, canary) {
			t.Errorf("a sink is told %s", line)
		}
		if !strings.Contains(line, secret.Mask) {
			t.Errorf("nothing is masked in %s", line)
		}
	}
	if !strings.Contains(r.Msg, canary) || !strings.Contains(r.Changes[0].Diff, canary) {
		t.Error("the result itself was changed: others read it")
	}
}

func TestContentThatIsNotToBeShown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		noLog, noDiff bool
		want          []string // of before, after, diff, attributes
	}{
		"usual":       {want: []string{"before", "after", "diff", "attribute"}},
		"diff: false": {noDiff: true, want: []string{"attribute"}},
		"no_log":      {noLog: true},
	} {
		got := &catcher{}
		r := Result{NoLog: c.noLog, NoDiff: c.noDiff, Changes: []node.Change{{Kind: "file", ID: "/x", Action: "update", Before: "before", After: "after", Diff: "diff",
			Attrs: []node.Attr{{Name: "mode", Before: "attribute"}}}}}
		shown{got, secret.NewRedactor()}.HostDone("h", TaskRef{}, r, 0)
		for _, word := range []string{"before", "after", "diff", "attribute"} {
			want := false
			for _, w := range c.want {
				want = want || w == word
			}
			if strings.Contains(got.seen[0], word) != want {
				t.Errorf("%s: %q is shown: %v, in %s", name, word, !want, got.seen[0])
			}
		}
	}
}

func TestWhatSteersATerminalIsMadeVisible(t *testing.T) {
	t.Parallel()
	got := &catcher{}
	s := shown{got, secret.NewRedactor()}
	s.HostDone("h", TaskRef{Name: "a\x1b[2Jb"}, Result{Msg: "red \x1b[31m \x07 \u202e", Warnings: []string{"\x1b]0;title\x07"},
		Changes: []node.Change{{Kind: "file", ID: "/x\x1b[1m\n+ fake", Action: "update", Diff: "+\x1b[0m"}}}, 0)
	for _, bad := range []string{"\x1b", "\x07", "\u202e"} {
		if strings.Contains(got.seen[0], bad) {
			t.Errorf("%q reaches the terminal", bad)
		}
	}
	if strings.Contains(got.seen[0], "/x\n") || strings.Contains(got.seen[0], "\n+ fake") {
		t.Errorf("a name takes two lines: %s", got.seen[0])
	}
}

func TestALongTextIsCut(t *testing.T) {
	t.Parallel()
	got := &catcher{}
	shown{got, secret.NewRedactor()}.Warned(strings.Repeat("x", maxShown+100))
	if n := len(got.seen[0]); n > maxShown+200 || !strings.Contains(got.seen[0], "cut here: 100 bytes more") {
		t.Errorf("%d bytes: %s", n, got.seen[0][n-100:])
	}
}
