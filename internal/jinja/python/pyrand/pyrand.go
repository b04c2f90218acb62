// Package pyrand is Python's random.Random with a seed: the same seed gives the same numbers as there, so that what
// playbooks spread over time by random(seed=inventory_hostname) stays where it is.
package pyrand

import (
	"crypto/sha512"
	"math/big"
	"math/bits"
)

const (
	size   = 624
	middle = 397
)

// Random is a Mersenne Twister.
type Random struct {
	state [size]uint32
	i     int
}

// FromString seeds with a text.
func FromString(seed string) *Random {
	sum := sha512.Sum512([]byte(seed))
	return fromBig(new(big.Int).SetBytes(append([]byte(seed), sum[:]...)))
}

// FromInt seeds with a number, of which only the absolute value counts.
func FromInt(seed *big.Int) *Random { return fromBig(new(big.Int).Abs(seed)) }

func fromBig(n *big.Int) *Random {
	var key []uint32
	mask := big.NewInt(0xffffffff)
	for n = new(big.Int).Set(n); n.Sign() > 0; n.Rsh(n, 32) {
		key = append(key, uint32(new(big.Int).And(n, mask).Uint64()))
	}
	if key == nil {
		key = []uint32{0}
	}
	r := &Random{}
	r.init(19650218)
	r.initByArray(key)
	return r
}

func (r *Random) init(s uint32) {
	r.state[0] = s
	for i := 1; i < size; i++ {
		r.state[i] = 1812433253*(r.state[i-1]^r.state[i-1]>>30) + uint32(i)
	}
	r.i = size
}

func (r *Random) initByArray(key []uint32) {
	s := &r.state
	i, j := 1, 0
	next := func() {
		if i++; i >= size {
			s[0] = s[size-1]
			i = 1
		}
	}
	for range max(size, len(key)) {
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1664525) + key[j] + uint32(j)
		next()
		if j++; j >= len(key) {
			j = 0
		}
	}
	for range size - 1 {
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1566083941) - uint32(i)
		next()
	}
	s[0] = 0x80000000
}

func (r *Random) uint32() uint32 {
	if r.i >= size {
		s := &r.state
		for k := range size {
			y := s[k]&0x80000000 | s[(k+1)%size]&0x7fffffff
			s[k] = s[(k+middle)%size] ^ y>>1 ^ (y&1)*0x9908b0df
		}
		r.i = 0
	}
	y := r.state[r.i]
	r.i++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// bits are k random bits, k from 1 to 64.
func (r *Random) bits(k int) uint64 {
	if k <= 32 {
		return uint64(r.uint32() >> (32 - k))
	}
	low := uint64(r.uint32())
	return uint64(r.uint32()>>(64-k))<<32 | low
}

// Below is a number from 0 to n-1; n is positive.
func (r *Random) Below(n uint64) uint64 {
	k := bits.Len64(n)
	for {
		if v := r.bits(k); v < n {
			return v
		}
	}
}

// Shuffle calls swap as random.shuffle exchanges elements.
func (r *Random) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, int(r.Below(uint64(i+1))))
	}
}
