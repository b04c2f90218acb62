package law

import (
	"strings"
	"testing"
)

// A host that is away is no failure and no change: 4 says so, and a pipeline that reads 2 as "changes" is told 1. What the clusters of the host say
// of its absence is no failure either.
func TestAHostThatIsAwayHasAnExitStatusOfItsOwn(t *testing.T) {
	text, addrs := sample(t, "ha")
	whole := settled(t, text, addrs...)
	for _, away := range addrs {
		bubble(t, func(t *testing.T) {
			l := whole.edited(t, text, "# as before")
			l.world.Remove(away)
			for _, c := range []struct {
				code int
				args []string
			}{
				{4, []string{"plan"}}, {1, []string{"plan", "--detailed-exitcode"}}, {4, []string{"apply", "--yes"}}, {4, []string{"apply", "--check"}},
			} {
				out, code := l.pig(c.args...)
				if code != c.code || !strings.Contains(out, "no route to host") {
					t.Errorf("without %s: pig %s: exit status %d, want %d\n%s", away, strings.Join(c.args, " "), code, c.code, out)
				}
			}
		})
	}
}

// Two means changes with --detailed-exitcode, and nothing else does.
func TestDetailedExitStatus(t *testing.T) {
	whole := settled(t, twoNodes, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.edited(t, twoNodes, "# as before")
		if out, code := l.pig("plan", "--detailed-exitcode"); code != 0 {
			t.Errorf("nothing to do: exit status %d\n%s", code, out)
		}
		l.write(twoNodes + "    " + oneMoreName + "\n")
		if out, code := l.pig("plan", "--detailed-exitcode"); code != 2 {
			t.Errorf("changes: exit status %d\n%s", code, out)
		}
		if out, code := l.pig("plan"); code != 0 {
			t.Errorf("changes without the flag: exit status %d\n%s", code, out)
		}
		l.write(twoNodes + "    node_etc_hosts: [ 10.10.10.99 x.example\n")
		if out, code := l.pig("plan", "--detailed-exitcode"); code != 1 {
			t.Errorf("a mistake: exit status %d\n%s", code, out)
		}
		l.write(twoNodes + "    " + oneMoreName + "\n")
	})
}
