package crypto

import (
	"context"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"

	"pig/internal/module"
	"pig/internal/value"
)

// parameterModule keeps the parameters of a Diffie-Hellman exchange. They are no secret, and finding a prime of one's own takes minutes: those of
// RFC 7919 are as good, and every browser knows them.
func parameterModule() module.Module {
	return module.Module{
		Name: "openssl_dhparam",
		Spec: module.Spec{Args: fileArgs(module.Arg{Name: "size", Type: module.Int, Default: int64(4096)}, module.Arg{Name: "return_content", Type: module.Bool},
			module.Arg{Name: "select_crypto_backend", Default: "auto", Choices: []string{"auto", "cryptography", "openssl"}})},
		Run: runParameters,
	}
}

func runParameters(_ context.Context, c *module.Call) (*value.Dict, error) {
	t, err := newTarget(c, c.Args.String("path"), 0o644, false)
	if err != nil {
		return nil, err
	}
	if c.Args.String("state") == "absent" {
		return t.remove()
	}
	size := c.Args.Int("size")
	text, err := parameters(size)
	if err != nil {
		return nil, err
	}
	force := c.Args.Bool("force")
	if !t.unknown && !force && parameterSize(t.text) == size {
		text, err = t.text, t.settle()
	} else {
		err = t.write(text)
	}
	d := t.result("size", int64(size))
	if force {
		d.Set("changed", true)
	}
	if c.Args.Bool("return_content") {
		d.Set("dhparams", string(text))
	}
	return d, err
}

// offsets are the numbers X of RFC 7919, appendix A: the group of b bits has the prime 2^b - 2^(b-64) + ([2^(b-130) e] + X) 2^64 - 1.
var offsets = map[int]int64{2048: 560316, 3072: 2625351, 4096: 5736041, 6144: 15705020, 8192: 10965728}

func parameters(size int) ([]byte, error) {
	x, ok := offsets[size]
	if !ok {
		return nil, fmt.Errorf("invalid size %d: want 2048, 3072, 4096, 6144 or 8192, of which RFC 7919 has a group", size)
	}
	der, err := asn1.Marshal(struct{ P, G *big.Int }{prime(size, x), big.NewInt(2)})
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "DH PARAMETERS", Bytes: der}), nil
}

func prime(bits int, x int64) *big.Int {
	one := big.NewInt(1)
	power := func(n int) *big.Int { return new(big.Int).Lsh(one, uint(n)) } //nolint:gosec // sizes are positive
	middle := new(big.Int).Add(euler(bits-130), big.NewInt(x))
	p := new(big.Int).Sub(power(bits), power(bits-64))
	p.Add(p, middle.Lsh(middle, 64))
	return p.Sub(p, one)
}

// euler is the whole part of 2^bits e: the sum of 1/n!, with bits to spare for what rounding loses.
func euler(bits int) *big.Int {
	const spare = 64
	term := new(big.Int).Lsh(big.NewInt(1), uint(bits+spare)) //nolint:gosec // sizes are positive
	sum := new(big.Int)
	for n := int64(1); term.Sign() > 0; n++ {
		sum.Add(sum, term)
		term.Quo(term, big.NewInt(n))
	}
	return sum.Rsh(sum, spare)
}

// parameterSize is the size of the parameters in a file, 0 if there are none that are any good.
func parameterSize(text []byte) int {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "DH PARAMETERS" {
		return 0
	}
	var group struct {
		P, G   *big.Int
		Length int `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(block.Bytes, &group); err != nil || group.P.Sign() <= 0 {
		return 0
	}
	return group.P.BitLen()
}
