package filters

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"math/big"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/jinja/python/crypt"
	"pig/internal/secret"
	"pig/internal/value"
)

func hashFilters() plugin.Table {
	t := plugin.Table{}
	sum := func(h hash.Hash, s string) string {
		h.Write([]byte(s))
		return hex.EncodeToString(h.Sum(nil))
	}
	textFilter(t, "md5", "", func(s string, _ *plugin.Call) (value.Value, error) { return sum(md5.New(), s), nil })
	textFilter(t, "sha1 checksum", "", func(s string, _ *plugin.Call) (value.Value, error) { return sum(sha1.New(), s), nil })
	textFilter(t, "hash", "hashtype", func(s string, c *plugin.Call) (value.Value, error) {
		kind, err := c.Str(0, "sha1")
		if err != nil {
			return nil, err
		}
		makers := map[string]func() hash.Hash{
			"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384,
			"sha512": sha512.New, "sha512_224": sha512.New512_224, "sha512_256": sha512.New512_256,
			"crc32": func() hash.Hash { return crc32.NewIEEE() }, "adler32": func() hash.Hash { return adler32.New() },
		}
		if makers[kind] == nil {
			return nil, fmt.Errorf("unsupported hash type %s", kind)
		}
		return sum(makers[kind](), s), nil
	})
	t.Add("b64encode", "encoding", 0, func(c *plugin.Call) (value.Value, error) {
		if b, ok := c.In.(value.Bytes); ok {
			return base64.StdEncoding.EncodeToString(b), nil
		}
		return base64.StdEncoding.EncodeToString([]byte(c.Text())), nil
	})
	textFilter(t, "b64decode", "encoding", func(s string, _ *plugin.Call) (value.Value, error) {
		out, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("Incorrect padding or characters in base64 text")
		}
		return string(out), nil
	})
	textFilter(t, "to_uuid", "namespace", func(s string, c *plugin.Call) (value.Value, error) {
		space, err := c.Str(0, "361E6D51-FAEC-444A-9079-341386DA8E2E")
		if err != nil {
			return nil, err
		}
		return uuid5(space, s)
	})
	textFilter(t, "password_hash", "hashtype salt salt_size rounds ident", passwordHash)
	return t
}

// uuid5 is the name-based UUID of RFC 9562, version 5.
func uuid5(space, name string) (value.Value, error) {
	var digits []byte
	for i := range len(space) {
		if c := space[i]; c != '-' && c != '{' && c != '}' {
			digits = append(digits, c)
		}
	}
	id, err := hex.DecodeString(string(digits))
	if err != nil || len(id) != 16 {
		return nil, fmt.Errorf("invalid value '%s' for 'namespace': badly formed hexadecimal UUID string", space)
	}
	h := sha1.Sum(append(id, name...))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	s := hex.EncodeToString(h[:16])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:], nil
}

const saltChars = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func randomSalt(n int) string {
	b := make([]byte, n)
	for i := range b {
		k, err := rand.Int(rand.Reader, big.NewInt(int64(len(saltChars))))
		if err != nil {
			panic(err) // the kernel's random source does not fail
		}
		b[i] = saltChars[k.Int64()]
	}
	return string(b)
}

func passwordHash(s string, c *plugin.Call) (value.Value, error) {
	kind, err := c.Str(0, "sha512")
	if err != nil {
		return nil, err
	}
	salt := ""
	if v := c.Val(1, nil); v != nil {
		salt = python.Str(v)
	}
	size, err := c.Size(2, 0)
	if err != nil {
		return nil, err
	}
	rounds, err := c.Size(3, 0)
	if err != nil {
		return nil, err
	}
	ident, err := c.Str(4, "2b")
	if err != nil {
		return nil, err
	}
	if salt == "" {
		salt = randomSalt(map[string]int{"blowfish": 22, "bcrypt": 22, "md5": 8, "md5_crypt": 8}[kind] | saltSize(kind, size))
	}
	out, err := Crypt(kind, s, salt, rounds, ident)
	if err != nil {
		return nil, err
	}
	if _, ok := c.In.(secret.Text); !ok {
		return out, nil
	}
	return secret.New(out), nil
}

// Crypt is a password as crypt(3) keeps it.
func Crypt(kind, password, salt string, rounds int, ident string) (string, error) {
	switch kind {
	case "sha512", "sha512_crypt":
		return crypt.SHA512(password, salt, rounds)
	case "sha256", "sha256_crypt":
		return crypt.SHA256(password, salt, rounds)
	case "md5", "md5_crypt":
		return crypt.MD5(password, salt)
	case "blowfish", "bcrypt":
		return crypt.Bcrypt(password, salt, rounds, ident)
	}
	return "", fmt.Errorf("algorithm '%s' is not supported: use sha512, sha256, md5 or bcrypt", kind)
}

func saltSize(kind string, size int) int {
	switch {
	case kind != "sha512" && kind != "sha256" && kind != "sha512_crypt" && kind != "sha256_crypt":
		return 0
	case size > 0:
		return min(size, 16)
	}
	return 16
}
