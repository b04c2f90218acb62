package crypt

import (
	"crypto/md5"
)

// MD5 is md5-crypt ($1$).
func MD5(password, salt string) (string, error) {
	if err := checkSalt(salt, 8); err != nil {
		return "", err
	}
	pw, sl := []byte(password), []byte(salt)
	alt := md5.Sum(append(append(append([]byte{}, pw...), sl...), pw...))
	h := md5.New()
	h.Write(pw)
	h.Write([]byte("$1$"))
	h.Write(sl)
	h.Write(stretch(alt[:], len(pw)))
	for n := len(pw); n > 0; n >>= 1 {
		if n&1 != 0 {
			h.Write([]byte{0})
		} else {
			h.Write(pw[:1])
		}
	}
	cur := h.Sum(nil)
	for i := range 1000 {
		h := md5.New()
		first, last := cur, pw
		if i&1 != 0 {
			first, last = pw, cur
		}
		h.Write(first)
		if i%3 != 0 {
			h.Write(sl)
		}
		if i%7 != 0 {
			h.Write(pw)
		}
		h.Write(last)
		cur = h.Sum(nil)
	}
	return "$1$" + salt + "$" + encode(cur, 16, orderMD5), nil
}

func orderMD5(i int) (a, b, c, chars int) {
	switch {
	case i < 4:
		return i, i + 6, i + 12, 4
	case i == 4:
		return 4, 10, 5, 4
	case i == 5:
		return -1, -1, 11, 2
	}
	return 0, 0, 0, 0
}
