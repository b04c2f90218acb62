package modules

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // OpenSSL names certificates by it; nothing is protected by it
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// subjectHash is the hash by which OpenSSL finds a certificate in a folder (X509_NAME_hash_ex): the first four bytes, the last one first, of
// the SHA-1 of the subject in canonical form, which has neither the outer sequence, nor upper case, nor more than one space between words.
func subjectHash(subject []byte) (string, error) {
	var names []asn1.RawValue // relative distinguished names: sets of attributes
	if _, err := asn1.Unmarshal(subject, &names); err != nil {
		return "", fmt.Errorf("reading the subject of a certificate: %w", err)
	}
	var canonical bytes.Buffer
	for _, name := range names {
		var attributes []attribute
		if _, err := asn1.UnmarshalWithParams(name.FullBytes, &attributes, "set"); err != nil {
			return "", fmt.Errorf("reading the subject of a certificate: %w", err)
		}
		for i := range attributes {
			attributes[i].Value = canonicalValue(attributes[i].Value)
		}
		text, err := asn1.MarshalWithParams(attributes, "set")
		if err != nil {
			return "", fmt.Errorf("writing the subject of a certificate: %w", err)
		}
		canonical.Write(text)
	}
	sum := sha1.Sum(canonical.Bytes()) //nolint:gosec // see above
	return fmt.Sprintf("%08x", binary.LittleEndian.Uint32(sum[:4])), nil
}

type attribute struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

// canonicalValue is a text in UTF-8 as comparisons of names see it; what is no text stays.
func canonicalValue(v asn1.RawValue) asn1.RawValue {
	var text string
	switch v.Tag {
	case asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String, visibleString:
		text = string(v.Bytes)
	case asn1.TagT61String: // Latin-1, as OpenSSL takes it
		runes := make([]rune, len(v.Bytes))
		for i, b := range v.Bytes {
			runes[i] = rune(b)
		}
		text = string(runes)
	case asn1.TagBMPString:
		units := make([]uint16, len(v.Bytes)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(v.Bytes[2*i:])
		}
		text = string(utf16.Decode(units))
	default:
		return asn1.RawValue{FullBytes: v.FullBytes}
	}
	isSpace := func(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }
	text = strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, strings.Join(strings.FieldsFunc(text, isSpace), " "))
	return asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(text)}
}

const visibleString = 26
