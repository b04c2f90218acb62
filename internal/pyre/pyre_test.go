package pyre

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dlclark/regexp2"
)

func TestPatternsMatchAsInPython(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/re.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		P, T, Sub string
		Search    []*string
		Findall   []any
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		re, err := Compile(c.P, 0)
		if err != nil {
			t.Errorf("%q: %v", c.P, err)
			continue
		}
		m, err := re.Search(c.T)
		if got := groups(m); err != nil || !reflect.DeepEqual(got, c.Search) {
			t.Errorf("search %q in %q: %v %v", c.P, c.T, got, err)
		}
		if sub, _, err := re.Replace(c.T, `<\g<0>>`, 0); err != nil || sub != c.Sub {
			t.Errorf("sub %q in %q: %q %v, want %q", c.P, c.T, sub, err, c.Sub)
		}
		if all, err := re.Find(c.T, -1); err != nil || len(all) != len(c.Findall) {
			t.Errorf("findall %q in %q: %d %v, want %d", c.P, c.T, len(all), err, len(c.Findall))
		}
	}
}

func groups(m *Match) []*string {
	if m == nil {
		return nil
	}
	out := make([]*string, m.Groups()+1)
	for i := range out {
		if g, ok := m.Group(i); ok {
			out[i] = &g
		}
	}
	return out
}

func TestReplacementTemplates(t *testing.T) {
	t.Parallel()
	re, err := Compile(`(\w)(?P<n>\d)`, IgnoreCase)
	if err != nil {
		t.Fatal(err)
	}
	for template, want := range map[string]string{
		`\2\1`: "1a2b", `\g<n>`: "12", `\g<1>x`: "axbx", `\\`: `\\`, `\n`: "\n\n", `$1`: "$1$1", `\.`: `\.\.`,
	} {
		if got, n, err := re.Replace("a1b2", template, 0); err != nil || got != want || n != 2 {
			t.Errorf("%q: %q %d %v, want %q", template, got, n, err, want)
		}
	}
	for _, template := range []string{`\3`, `\g<x>`, `\g<1`, `\q`, `\`} {
		if _, _, err := re.Replace("a1", template, 0); err == nil {
			t.Errorf("%q: no error", template)
		}
	}
	if got, n, _ := re.Replace("a1b2", "-", 1); got != "-b2" || n != 1 {
		t.Errorf("count 1: %q %d", got, n)
	}
}

func TestASearchThatExplodesIsGivenUp(t *testing.T) {
	t.Parallel()
	re, err := Compile(`(a+)+\1(?=b)`, 0)
	if err != nil {
		t.Fatal(err)
	}
	re.limit = time.Second / 5
	re.slow.MatchTimeout = re.limit
	if _, err := re.Search(strings.Repeat("a", 40)); err == nil || !strings.Contains(err.Error(), "took longer") {
		t.Errorf("error %v", err)
	}
}

func TestBadPatternsAreErrors(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"(", "[", "*", `\`, "(?P<x", "a{2,1}"} {
		if _, err := Compile(p, 0); err == nil {
			t.Errorf("%q: no error", p)
		}
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	if got := Escape("a.b-c d$é"); got != `a\.b\-c\ d\$é` {
		t.Errorf("%q", got)
	}
}

// Searches that begin together after a rest all have their time: the clock of the engine stands while nobody searches, and who is second to
// start it counted from where it stood.
func TestSearchesThatBeginTogether(t *testing.T) {
	re, err := Compile("^", 0)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		defer regexp2.StopTimeoutClock()
		defer time.Sleep(time.Minute)
		for range 2000 {
			time.Sleep(time.Minute)
			begin := make(chan struct{})
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					<-begin
					if _, err := re.Find("text", -1); err != nil {
						t.Error(err)
					}
				})
			}
			close(begin)
			all.Wait()
		}
	})
}
