package law

import (
	"os"
	"testing"
)

func TestExplore(t *testing.T) {
	for _, name := range []string{"access", "backup", "meta", "pg-meta", "sandbox"} {
		if _, err := os.Stat("../../inventory/" + name + ".yml"); err != nil {
			continue
		}
		text, addrs := sample(t, name)
		whole := settled(t, text, addrs...)
		for _, away := range addrs {
			for _, edit := range []string{"# as before", oneMoreName} {
				bubble(t, func(t *testing.T) {
					l := whole.edited(t, text, edit)
					l.world.Remove(away)
					for _, args := range [][]string{{"plan"}, {"apply", "--yes"}} {
						if out, code := l.pig(args...); code != 4 {
							t.Errorf("%s without %s, %s: pig %v: exit status %d\n%s", name, away, edit, args, code, out[max(0, len(out)-3000):])
						}
					}
				})
			}
			bubble(t, func(t *testing.T) {
				l := newLab(t, text, addrs...)
				l.world.Remove(away)
				for _, args := range [][]string{{"plan"}} {
					if out, code := l.pig(args...); code != 4 {
						t.Errorf("fresh %s without %s: pig %v: exit status %d\n%s", name, away, args, code, out[max(0, len(out)-3000):])
					}
				}
			})
		}
	}
}
