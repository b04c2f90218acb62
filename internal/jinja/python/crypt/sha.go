// Package crypt makes password hashes of crypt(3) with a given salt, so that a hash can be made again: sha512-crypt,
// sha256-crypt, md5-crypt and bcrypt.
package crypt

import (
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"
)

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// The rounds that sha-crypt knows; the default is written down only if it was not asked for.
const (
	defaultRounds = 5000
	minRounds     = 1000
	maxRounds     = 999_999_999
)

// SHA512 is sha512-crypt ($6$). rounds 0 is what Ansible takes: 656000.
func SHA512(password, salt string, rounds int) (string, error) {
	if rounds == 0 {
		rounds = 656_000
	}
	return shaCrypt("$6$", sha512.New, password, salt, rounds, 64, order512)
}

// SHA256 is sha256-crypt ($5$). rounds 0 is what Ansible takes: 535000.
func SHA256(password, salt string, rounds int) (string, error) {
	if rounds == 0 {
		rounds = 535_000
	}
	return shaCrypt("$5$", sha256.New, password, salt, rounds, 32, order256)
}

func checkSalt(salt string, longest int) error {
	if len(salt) > longest {
		return fmt.Errorf("salt is too long: at most %d characters", longest)
	}
	for i := range len(salt) {
		if strings.IndexByte(alphabet, salt[i]) < 0 {
			return fmt.Errorf("invalid characters in salt")
		}
	}
	return nil
}

// shaCrypt is Ulrich Drepper's algorithm.
func shaCrypt(magic string, newHash func() hash.Hash, password, salt string, rounds, size int, order func(i int) (a, b, c, chars int)) (string, error) {
	if err := checkSalt(salt, 16); err != nil {
		return "", err
	}
	if rounds < minRounds || rounds > maxRounds {
		return "", fmt.Errorf("rounds must be between %d and %d", minRounds, maxRounds)
	}
	pw, sl := []byte(password), []byte(salt)
	sum := func(parts ...[]byte) []byte {
		h := newHash()
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	b := sum(pw, sl, pw)
	a := newHash()
	a.Write(pw)
	a.Write(sl)
	a.Write(stretch(b, len(pw)))
	for n := len(pw); n > 0; n >>= 1 {
		if n&1 != 0 {
			a.Write(b)
		} else {
			a.Write(pw)
		}
	}
	cur := a.Sum(nil)
	dp := newHash()
	for range pw {
		dp.Write(pw)
	}
	p := stretch(dp.Sum(nil), len(pw))
	ds := newHash()
	for range 16 + int(cur[0]) {
		ds.Write(sl)
	}
	s := stretch(ds.Sum(nil), len(sl))
	h, text := newHash(), make([]byte, 0, 2*len(cur)+2*len(p)+len(s))
	for i := range rounds {
		first, last := cur, p
		if i&1 != 0 {
			first, last = p, cur
		}
		text = append(text[:0], first...)
		if i%3 != 0 {
			text = append(text, s...)
		}
		if i%7 != 0 {
			text = append(text, p...)
		}
		text = append(text, last...)
		h.Reset()
		h.Write(text)
		cur = h.Sum(cur[:0])
	}
	head := magic
	if rounds != defaultRounds {
		head += fmt.Sprintf("rounds=%d$", rounds)
	}
	return head + salt + "$" + encode(cur, size, order), nil
}

// stretch repeats b to n bytes.
func stretch(b []byte, n int) []byte {
	out := make([]byte, 0, n+len(b))
	for len(out) < n {
		out = append(out, b...)
	}
	return out[:n]
}

// encode writes the bytes in the order of the algorithm, in its base 64. order gives the indices of the next three bytes
// (-1: none) and how many characters they make; chars 0 ends it.
func encode(sum []byte, _ int, order func(i int) (a, b, c, chars int)) string {
	var out strings.Builder
	at := func(i int) uint {
		if i < 0 {
			return 0
		}
		return uint(sum[i])
	}
	for i := 0; ; i++ {
		a, b, c, chars := order(i)
		if chars == 0 {
			return out.String()
		}
		w := at(a)<<16 | at(b)<<8 | at(c)
		for range chars {
			out.WriteByte(alphabet[w&0x3f])
			w >>= 6
		}
	}
}

func order512(i int) (a, b, c, chars int) {
	switch {
	case i < 21:
		t := [3]int{i, i + 21, i + 42}
		return t[i%3], t[(i+1)%3], t[(i+2)%3], 4
	case i == 21:
		return -1, -1, 63, 2
	}
	return 0, 0, 0, 0
}

func order256(i int) (a, b, c, chars int) {
	switch {
	case i < 10:
		t := [3]int{i, i + 10, i + 20}
		k := (3 - i%3) % 3
		return t[k], t[(k+1)%3], t[(k+2)%3], 4
	case i == 10:
		return -1, 31, 30, 3
	}
	return 0, 0, 0, 0
}
