package law

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/imitation"
)

// spoils is how the services of one lab are ill, at places that a number of questions has.
func spoils(questions int) (all []*imitation.Illness) {
	for i, status := range []int{0, 502, 503} {
		for part := range 3 {
			all = append(all, &imitation.Illness{Status: status, At: 1 + (questions-1)*(3*part+i)/9, Tries: 2})
		}
	}
	return all
}

// A service that is slow, or cannot answer now, changes nothing of a plan: neither is anything unknown, nor would anything be created.
func TestAPlanWaitsForAnswers(t *testing.T) {
	for _, name := range []string{"ha", "redis", "minio"} {
		text, addrs := sample(t, name)
		whole := settled(t, text, addrs...)
		bubble(t, func(t *testing.T) {
			l := *whole
			l.t = t
			well := &imitation.Illness{}
			l.world.SetIllness(well)
			if c := changes(l.plan()); len(c) > 0 || well.Asked() == 0 {
				t.Fatalf("%s: %d questions and\n%s", name, well.Asked(), strings.Join(c, "\n"))
			}
			for _, ill := range spoils(well.Asked()) {
				l.world.SetIllness(ill)
				if c := changes(l.plan()); len(c) > 0 || ill.Struck() == "" {
					t.Errorf("%s: %q is ill with %d at question %d:\n%s", name, ill.Struck(), ill.Status, ill.At, strings.Join(c, "\n"))
				}
			}
			l.world.SetIllness(&imitation.Illness{At: 1 + well.Asked()/2, Tries: 1 << 20})
			for _, c := range changes(l.plan()) {
				if !strings.Contains(c, "FAILED") || !strings.Contains(c, "does not answer") && !strings.Contains(c, "said nothing") {
					t.Errorf("%s, if one never answers: %s", name, c)
				}
			}
			l.world.SetIllness(nil)
		})
	}
}

// A first installation goes through whatever service needs a moment to answer.
func TestAFirstInstallationWaitsForAnswers(t *testing.T) {
	text, addrs := sample(t, "ha")
	bare := newLab(t, text, addrs...)
	bare.repositories(t)
	asked := 0
	bubble(t, func(t *testing.T) {
		l := bare.copy(t)
		well := &imitation.Illness{}
		l.world.SetIllness(well)
		l.must("apply", "--yes")
		asked = well.Asked()
	})
	for _, ill := range spoils(asked)[3:7] {
		t.Run(fmt.Sprintf("%d at %d", ill.Status, ill.At), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				l := bare.copy(t)
				l.world.SetIllness(ill)
				l.must("apply", "--yes")
				l.world.SetIllness(nil)
				if c := changes(l.plan()); len(c) > 0 || ill.Struck() == "" {
					t.Errorf("%q was ill: left\n%s", ill.Struck(), strings.Join(c, "\n"))
				}
			})
		})
	}
}
