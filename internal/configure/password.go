package configure

import "crypto/rand"

// alphabet leaves out what is mistaken for something else when read aloud or typed; it needs no quotes anywhere.
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

// Password makes 24 random characters: about 140 bits.
func Password() string {
	b := make([]byte, 0, 24)
	for len(b) < cap(b) {
		var one [1]byte
		_, _ = rand.Read(one[:]) // it cannot fail
		if n := int(one[0]); n < 256/len(alphabet)*len(alphabet) {
			b = append(b, alphabet[n%len(alphabet)])
		}
	}
	return string(b)
}
