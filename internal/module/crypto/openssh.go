package crypto

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// OpenSSH's own forms of keys (RFC 4253 and PROTOCOL.key of its source): fields, each with its length before it.

// wire writes and reads such fields.
type wire struct {
	b   []byte
	bad bool
}

func (w *wire) put(field []byte) {
	w.b = binary.BigEndian.AppendUint32(w.b, uint32(len(field))) //nolint:gosec // keys are short
	w.b = append(w.b, field...)
}

// number puts a number of more than a word: with a zero before it where it would look negative.
func (w *wire) number(n *big.Int) {
	raw := n.Bytes()
	if len(raw) > 0 && raw[0] >= 0x80 {
		raw = append([]byte{0}, raw...)
	}
	w.put(raw)
}

func (w *wire) word() uint32 {
	if len(w.b) < 4 {
		w.bad = true
		return 0
	}
	n := binary.BigEndian.Uint32(w.b)
	w.b = w.b[4:]
	return n
}

func (w *wire) take() []byte {
	n := w.word()
	if uint64(n) > uint64(len(w.b)) {
		w.bad = true
		return nil
	}
	field := w.b[:n]
	w.b = w.b[n:]
	return field
}

func (w *wire) big() *big.Int { return new(big.Int).SetBytes(w.take()) }

// sshCurves are OpenSSH's names of curves.
var sshCurves = map[string]elliptic.Curve{"nistp256": elliptic.P256(), "nistp384": elliptic.P384(), "nistp521": elliptic.P521()}

func sshCurve(c elliptic.Curve) (string, error) {
	for name, of := range sshCurves {
		if of == c {
			return name, nil
		}
	}
	return "", fmt.Errorf("OpenSSH has no keys on the curve %s", c.Params().Name)
}

// sshPublic is a public key as OpenSSH writes it, before base64, and the name of its kind.
func sshPublic(pub crypto.PublicKey) (kind string, blob []byte, err error) {
	w := &wire{}
	switch k := pub.(type) {
	case *rsa.PublicKey:
		kind = "ssh-rsa"
		w.put([]byte(kind))
		w.number(big.NewInt(int64(k.E)))
		w.number(k.N)
	case *ecdsa.PublicKey:
		curve, err := sshCurve(k.Curve)
		if err != nil {
			return "", nil, err
		}
		point, err := k.Bytes()
		if err != nil {
			return "", nil, err
		}
		kind = "ecdsa-sha2-" + curve
		w.put([]byte(kind))
		w.put([]byte(curve))
		w.put(point)
	case ed25519.PublicKey:
		kind = "ssh-ed25519"
		w.put([]byte(kind))
		w.put(k)
	default:
		return "", nil, fmt.Errorf("OpenSSH has no keys of the kind %T", pub)
	}
	return kind, w.b, nil
}

// sshPublicLine is the line of a .pub file, without its end.
func sshPublicLine(pub crypto.PublicKey, comment string) (string, error) {
	kind, blob, err := sshPublic(pub)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(kind + " " + base64.StdEncoding.EncodeToString(blob) + " " + comment), nil
}

// parseSSHPublic reads such a line.
func parseSSHPublic(line string) (pub crypto.PublicKey, comment string, err error) {
	parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
	if len(parts) < 2 {
		return nil, "", errors.New("not a public key of OpenSSH")
	}
	blob, err := base64.StdEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, "", err
	}
	if len(parts) == 3 {
		comment = parts[2]
	}
	w := &wire{b: blob}
	switch kind := string(w.take()); {
	case kind == "ssh-rsa":
		e, n := w.big(), w.big()
		pub = &rsa.PublicKey{N: n, E: int(e.Int64())}
	case kind == "ssh-ed25519":
		pub = ed25519.PublicKey(w.take())
	case strings.HasPrefix(kind, "ecdsa-sha2-") && sshCurves[string(w.take())] != nil:
		pub, err = ecdsa.ParseUncompressedPublicKey(sshCurves[strings.TrimPrefix(kind, "ecdsa-sha2-")], w.take())
	default:
		return nil, "", fmt.Errorf("a public key of the unknown kind %q", kind)
	}
	if w.bad || err != nil {
		return nil, "", errors.Join(errors.New("a broken public key"), err)
	}
	return pub, comment, nil
}

// sshFingerprint is what ssh-keygen -l shows.
func sshFingerprint(blob []byte) string {
	sum := sha256.Sum256(blob)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

const (
	sshMagic = "openssh-key-v1\x00"
	sshBlock = "OPENSSH PRIVATE KEY"
)

// encodeSSHKey writes a private key without a passphrase.
func encodeSSHKey(key crypto.Signer, comment string) ([]byte, error) {
	kind, public, err := sshPublic(key.Public())
	if err != nil {
		return nil, err
	}
	check := make([]byte, 4)
	_, _ = rand.Read(check)
	in := &wire{b: append(append([]byte(nil), check...), check...)}
	in.put([]byte(kind))
	switch k := key.(type) {
	case *rsa.PrivateKey:
		k.Precompute()
		for _, n := range []*big.Int{k.N, big.NewInt(int64(k.E)), k.D, k.Precomputed.Qinv, k.Primes[0], k.Primes[1]} {
			in.number(n)
		}
	case *ecdsa.PrivateKey:
		curve, _ := sshCurve(k.Curve)
		point, err1 := k.PublicKey.Bytes()
		d, err2 := k.Bytes()
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		in.put([]byte(curve))
		in.put(point)
		in.number(new(big.Int).SetBytes(d))
	case ed25519.PrivateKey:
		in.put(k[ed25519.SeedSize:])
		in.put(k)
	}
	in.put([]byte(comment))
	for n := byte(1); len(in.b)%8 != 0; n++ {
		in.b = append(in.b, n)
	}
	out := &wire{b: []byte(sshMagic)}
	out.put([]byte("none"))
	out.put([]byte("none"))
	out.put(nil)
	out.b = binary.BigEndian.AppendUint32(out.b, 1)
	out.put(public)
	out.put(in.b)
	return pem.EncodeToMemory(&pem.Block{Type: sshBlock, Bytes: out.b}), nil
}

// parseSSHKey reads a private key that ssh-keygen or encodeSSHKey has written.
func parseSSHKey(text []byte) (key crypto.Signer, comment string, err error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, "", errors.New("not a private key")
	}
	if block.Type != sshBlock {
		k, err := parseKey(text, "")
		return k.Signer, "", err
	}
	content, ok := strings.CutPrefix(string(block.Bytes), sshMagic)
	w := &wire{b: []byte(content)}
	cipher, _, _ := string(w.take()), w.take(), w.take()
	keys, _, inner := w.word(), w.take(), w.take()
	switch {
	case !ok || w.bad || keys != 1:
		return nil, "", errors.New("a broken private key")
	case cipher != "none":
		return nil, "", errors.New("the private key has a passphrase")
	}
	in := &wire{b: inner}
	if in.word() != in.word() {
		return nil, "", errors.New("a broken private key")
	}
	switch kind := string(in.take()); {
	case kind == "ssh-rsa":
		n, e, d := in.big(), in.big(), in.big()
		_, p, q := in.take(), in.big(), in.big()
		k := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: int(e.Int64())}, D: d, Primes: []*big.Int{p, q}}
		key, err = k, k.Validate()
	case kind == "ssh-ed25519":
		_, raw := in.take(), in.take()
		if len(raw) != ed25519.PrivateKeySize {
			return nil, "", errors.New("a broken private key")
		}
		key = ed25519.PrivateKey(raw)
	case strings.HasPrefix(kind, "ecdsa-sha2-"):
		curve := sshCurves[string(in.take())]
		_, d := in.take(), in.big()
		if curve == nil || d.BitLen() > curve.Params().BitSize {
			return nil, "", errors.New("a broken private key")
		}
		key, err = ecdsa.ParseRawPrivateKey(curve, d.FillBytes(make([]byte, (curve.Params().BitSize+7)/8)))
	default:
		return nil, "", fmt.Errorf("a private key of the unknown kind %q", kind)
	}
	comment = string(in.take())
	if in.bad || err != nil {
		return nil, "", errors.Join(errors.New("a broken private key"), err)
	}
	return key, comment, nil
}
