//go:build linux

package node_test

import (
	"testing"

	"pig/internal/node"
	"pig/internal/node/contract"
)

func TestShadowKeepsTheContractOfLive(t *testing.T) {
	live := node.NewLive()
	contract.Compare(t, func(t *testing.T) (want, got contract.Side) {
		return contract.Side{Name: "live", Machine: live, Dir: t.TempDir()},
			contract.Side{Name: "shadow", Machine: node.NewShadow(live), Before: live, Dir: t.TempDir()}
	})
}
