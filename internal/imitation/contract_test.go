package imitation_test

import (
	"os"
	"testing"

	"pig/internal/imitation"
	"pig/internal/node"
	"pig/internal/node/contract"
)

func fresh() *imitation.Machine { return imitation.NewWorld(imitation.Debian()).Add("10.10.10.10") }

func TestImitationKeepsTheContractOfLive(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the imitation acts as root")
	}
	live := node.NewLive()
	contract.Compare(t, func(t *testing.T) (want, got contract.Side) {
		return contract.Side{Name: "live", Machine: live, Dir: t.TempDir()}, contract.Side{Name: "imitation", Machine: fresh(), Dir: "/opt"}
	})
}

func TestShadowKeepsTheContractOfTheImitation(t *testing.T) {
	contract.Compare(t, func(*testing.T) (want, got contract.Side) {
		m := fresh()
		return contract.Side{Name: "imitation", Machine: fresh(), Dir: "/srv"}, contract.Side{Name: "shadow", Machine: node.NewShadow(m), Before: m, Dir: "/srv"}
	})
}
