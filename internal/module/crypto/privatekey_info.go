package crypto

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/hex"
	"math/big"

	"pig/internal/module"
	"pig/internal/secret"
	"pig/internal/value"
)

// privateKeyInfo tells what a private key is.
func privateKeyInfo() module.Module {
	return module.Module{
		Name: "openssl_privatekey_info",
		Spec: module.Spec{Args: []module.Arg{
			{Name: "path", Type: module.Path}, {Name: "content"}, {Name: "passphrase"}, {Name: "return_private_key_data", Type: module.Bool},
			{Name: "check_consistency", Type: module.Bool}, backend(),
		}, OneOf: [][]string{{"path", "content"}}, Exclusive: [][]string{{"path", "content"}}},
		Run: runPrivateKeyInfo,
	}
}

func runPrivateKeyInfo(_ context.Context, c *module.Call) (*value.Dict, error) {
	text, err := needed(c, "content", "path")
	if err != nil {
		return nil, err
	}
	d := value.DictOf("can_load_key", true, "can_parse_key", false, "key_is_consistent", nil)
	key, err := parseKey(text, c.Args.String("passphrase"))
	if err != nil {
		return nil, &module.Failure{Msg: err.Error(), Values: d}
	}
	d.Set("can_parse_key", true)
	public, err := publicText(key.Public())
	if err != nil {
		return nil, err
	}
	kind, _, _ := kindOf(key.Public())
	d.Update(value.DictOf("public_key", public, "public_key_fingerprints", keyFingerprints(key.Public()), "type", kind, "public_data", publicData(key.Public())))
	if c.Args.Bool("return_private_key_data") {
		d.Set("private_data", privateData(key.Signer))
	}
	if c.Args.Bool("check_consistency") { // reading refuses a key whose parts do not fit each other
		d.Set("key_is_consistent", true)
	}
	return d, nil
}

func publicData(pub crypto.PublicKey) *value.Dict {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return value.DictOf("size", int64(k.N.BitLen()), "modulus", value.Int(k.N), "exponent", int64(k.E))
	case *ecdsa.PublicKey:
		_, size, curve := kindOf(k)
		point, err := k.Bytes()
		if err != nil {
			return value.DictOf("curve", curve, "exponent_size", int64(size))
		}
		half := (len(point) - 1) / 2
		return value.DictOf("curve", curve, "x", value.Int(new(big.Int).SetBytes(point[1:1+half])), "y", value.Int(new(big.Int).SetBytes(point[1+half:])), "exponent_size", int64(size))
	case ed25519.PublicKey:
		return value.DictOf("size", int64(256))
	}
	return value.NewDict()
}

func privateData(key crypto.Signer) *value.Dict {
	hidden := func(n *big.Int) value.Value { return secret.New(n.String()) }
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return value.DictOf("p", hidden(k.Primes[0]), "q", hidden(k.Primes[1]), "exponent", hidden(k.D))
	case *ecdsa.PrivateKey:
		if raw, err := k.Bytes(); err == nil {
			return value.DictOf("multiplier", hidden(new(big.Int).SetBytes(raw)))
		}
	case ed25519.PrivateKey:
		return value.DictOf("seed", secret.New(hex.EncodeToString(k.Seed())))
	}
	return value.NewDict()
}
