package python

import (
	"math/bits"
)

// Dice is the source of random numbers that argument i of a call seeds, if it is given.
type Dice interface {
	Below(n uint64) uint64
	Shuffle(n int, swap func(i, j int))
}

// Free is a source without a seed.
type Free struct{ Next func() uint64 }

// Below implements Dice.
func (f Free) Below(n uint64) uint64 {
	hi, _ := bits.Mul64(f.Next(), n)
	return hi
}

// Shuffle implements Dice.
func (f Free) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, int(f.Below(uint64(i+1))))
	}
}
