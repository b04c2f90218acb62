package crypto

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the check of older files
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"hash"
	"unicode/utf16"
)

// PKCS#12 (RFC 7292): a key and certificates in one file, as bags in safes, with a check over all of them.

var (
	oidData      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSealed    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidSealedBag = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidCert      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidFriendly  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
	oidLocalID   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 21}
	oidSHA1      = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256    = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
)

type (
	content struct {
		Type asn1.ObjectIdentifier
		Body asn1.RawValue `asn1:"tag:0,explicit,optional"`
	}
	sealedContent struct {
		Version int
		Info    struct {
			Type asn1.ObjectIdentifier
			How  pkix.AlgorithmIdentifier
			Data []byte `asn1:"tag:0,optional"`
		}
	}
	bag struct {
		ID    asn1.ObjectIdentifier
		Value asn1.RawValue `asn1:"tag:0,explicit"`
		Attrs []bagAttr     `asn1:"set,optional"`
	}
	bagAttr struct {
		ID     asn1.ObjectIdentifier
		Values asn1.RawValue `asn1:"set"`
	}
	certBag struct {
		ID   asn1.ObjectIdentifier
		Data []byte `asn1:"tag:0,explicit"`
	}
	check struct {
		Digest struct {
			How pkix.AlgorithmIdentifier
			Sum []byte
		}
		Salt  []byte
		Count int `asn1:"optional,default:1"`
	}
	file struct {
		Version int
		Safe    content
		Check   check `asn1:"optional"`
	}
)

// container is what such a file holds.
type container struct {
	key    crypto.Signer
	cert   *x509.Certificate
	others []*x509.Certificate
	name   string
}

func (c container) same(d container) bool {
	if (c.key == nil) != (d.key == nil) || (c.cert == nil) != (d.cert == nil) || c.name != d.name || len(c.others) != len(d.others) {
		return false
	}
	for i := range c.others {
		if !c.others[i].Equal(d.others[i]) {
			return false
		}
	}
	return (c.key == nil || samePublic(c.key.Public(), d.key.Public())) && (c.cert == nil || c.cert.Equal(d.cert))
}

// der writes DER and keeps what went wrong.
type der struct{ err error }

func (d *der) of(v any) []byte {
	b, err := asn1.Marshal(v)
	d.err = errors.Join(d.err, err)
	return b
}

func (d *der) raw(v any) asn1.RawValue { return asn1.RawValue{FullBytes: d.of(v)} }

// within is a value in an explicit tag 0.
func (d *der) within(full []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: full}
}

func (c container) encode(passphrase string) ([]byte, error) {
	d := &der{}
	attrs := c.attrs(d)
	var certs []bag
	for i, cert := range append([]*x509.Certificate{c.cert}, c.others...) {
		if cert == nil {
			continue
		}
		b := bag{ID: oidCertBag, Value: d.within(d.of(certBag{oidCert, cert.Raw}))}
		if i == 0 {
			b.Attrs = attrs
		}
		certs = append(certs, b)
	}
	var safes []content
	if len(certs) > 0 {
		safes = append(safes, d.safe(d.of(certs), passphrase))
	}
	if c.key != nil {
		plain, err := x509.MarshalPKCS8PrivateKey(c.key)
		if err != nil {
			return nil, err
		}
		b := bag{ID: oidKeyBag, Value: d.within(plain), Attrs: attrs}
		if passphrase != "" {
			sealed, err := encryptKey(plain, passphrase)
			if err != nil {
				return nil, err
			}
			b.ID, b.Value = oidSealedBag, d.within(sealed)
		}
		safes = append(safes, d.safe(d.of([]bag{b}), ""))
	}
	all := d.of(safes)
	f := file{Version: 3, Safe: content{oidData, d.within(d.of(all))}}
	f.Check.Salt, f.Check.Count = make([]byte, 16), rounds
	_, _ = rand.Read(f.Check.Salt)
	f.Check.Digest.How = pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}
	f.Check.Digest.Sum = f.Check.sum(sha256.New, all, passphrase)
	text := d.of(f)
	return text, d.err
}

// attrs are what key and certificate have in common, so that they are found together.
func (c container) attrs(d *der) []bagAttr {
	var list []bagAttr
	add := func(id asn1.ObjectIdentifier, full []byte) {
		list = append(list, bagAttr{id, asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: full}})
	}
	if c.name != "" {
		add(oidFriendly, d.of(asn1.RawValue{Tag: asn1.TagBMPString, Bytes: wide(c.name)}))
	}
	if c.key != nil && c.cert != nil {
		sum := sha1.Sum(c.cert.Raw) //nolint:gosec // a name for both, no protection
		add(oidLocalID, d.of(sum[:]))
	}
	return list
}

// safe is bags in the clear, or sealed where there is a passphrase.
func (d *der) safe(bags []byte, passphrase string) content {
	if passphrase == "" {
		return content{oidData, d.within(d.of(bags))}
	}
	var s sealedContent
	var err error
	s.Info.Type = oidData
	s.Info.How, s.Info.Data, err = seal(bags, passphrase)
	d.err = errors.Join(d.err, err)
	return content{oidSealed, d.within(d.of(s))}
}

// wide is a text as PKCS#12 has it: two bytes for each character.
func wide(text string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.BigEndian.AppendUint16(b, unit)
	}
	return b
}

func narrow(raw []byte) string {
	var units []uint16
	for ; len(raw) >= 2; raw = raw[2:] {
		units = append(units, binary.BigEndian.Uint16(raw))
	}
	return string(utf16.Decode(units))
}

// sum is the check over a content. Its key is as long as the digest, so that one round of appendix B.2 makes it.
func (k check) sum(of func() hash.Hash, text []byte, passphrase string) []byte {
	const blockSize = 64
	fill := func(with []byte) []byte {
		if len(with) == 0 {
			return nil
		}
		length := (len(with) + blockSize - 1) / blockSize * blockSize
		return bytes.Repeat(with, length/len(with)+1)[:length]
	}
	key := append(bytes.Repeat([]byte{3}, blockSize), append(fill(k.Salt), fill(append(wide(passphrase), 0, 0))...)...)
	for range k.Count {
		h := of()
		_, _ = h.Write(key)
		key = h.Sum(nil)
	}
	mac := hmac.New(of, key)
	_, _ = mac.Write(text)
	return mac.Sum(nil)
}

func parseContainer(text []byte, passphrase string) (container, error) {
	var f file
	var safe []byte
	if _, err := asn1.Unmarshal(text, &f); err != nil {
		return container{}, err
	}
	if _, err := asn1.Unmarshal(f.Safe.Body.Bytes, &safe); err != nil {
		return container{}, err
	}
	of, known := map[string]func() hash.Hash{oidSHA1.String(): sha1.New, oidSHA256.String(): sha256.New}[f.Check.Digest.How.Algorithm.String()]
	if !known || f.Check.Count < 1 || f.Check.Count > mostRounds {
		return container{}, errors.New("the file is checked in a way that is not known here")
	}
	if !hmac.Equal(f.Check.sum(of, safe, passphrase), f.Check.Digest.Sum) {
		return container{}, errPassphrase
	}
	var safes []content
	if _, err := asn1.Unmarshal(safe, &safes); err != nil {
		return container{}, err
	}
	var c container
	for _, s := range safes {
		if err := c.read(s, passphrase); err != nil {
			return c, err
		}
	}
	return c, nil
}

// read takes what is in a safe.
func (c *container) read(s content, passphrase string) error {
	var raw []byte
	var err error
	if s.Type.Equal(oidSealed) {
		var sealed sealedContent
		if _, err = asn1.Unmarshal(s.Body.Bytes, &sealed); err == nil {
			raw, err = unseal(sealed.Info.How, sealed.Info.Data, passphrase)
		}
	} else {
		_, err = asn1.Unmarshal(s.Body.Bytes, &raw)
	}
	if err != nil {
		return err
	}
	var bags []bag
	if _, err := asn1.Unmarshal(raw, &bags); err != nil {
		return err
	}
	for _, b := range bags {
		if err := c.take(b, passphrase); err != nil {
			return err
		}
	}
	return nil
}

func (c *container) take(b bag, passphrase string) error {
	paired := false
	for _, a := range b.Attrs {
		paired = paired || a.ID.Equal(oidLocalID)
		var name asn1.RawValue
		if _, err := asn1.Unmarshal(a.Values.Bytes, &name); err == nil && a.ID.Equal(oidFriendly) {
			c.name = narrow(name.Bytes)
		}
	}
	plain := b.Value.Bytes
	var err error
	switch {
	case b.ID.Equal(oidSealedBag):
		if plain, err = decryptKey(plain, passphrase); err != nil {
			return err
		}
		fallthrough
	case b.ID.Equal(oidKeyBag):
		key, err := x509.ParsePKCS8PrivateKey(plain)
		c.key, _ = key.(crypto.Signer)
		return err
	case b.ID.Equal(oidCertBag):
		var held certBag
		if _, err := asn1.Unmarshal(plain, &held); err != nil {
			return err
		}
		cert, err := x509.ParseCertificate(held.Data)
		if err != nil {
			return err
		}
		if c.cert == nil && (paired || c.others == nil && c.name != "") {
			c.cert = cert
		} else {
			c.others = append(c.others, cert)
		}
	}
	return nil
}
