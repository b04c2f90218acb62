package crypto

import (
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"strings"

	"pig/internal/value"
)

// What requests and certificates have in common is shown in one way.

// describe tells the extensions of a request or certificate.
func describe(list []pkix.Extension) *value.Dict {
	d := value.NewDict()
	for _, one := range []struct {
		name string
		oid  asn1.ObjectIdentifier
		read func([]byte) value.Value
	}{
		{"subject_alt_name", oidNames, func(der []byte) value.Value { return value.Strings(decodeNames(der)) }},
		{"key_usage", oidUsage, func(der []byte) value.Value { return value.Strings(decodeUsages(der)) }},
		{"extended_key_usage", oidExtended, func(der []byte) value.Value { return value.Strings(decodeExtended(der)) }},
		{"basic_constraints", oidConstraints, func(der []byte) value.Value { return value.Strings(decodeConstraints(der)) }},
		{"ocsp_must_staple", oidFeature, func(der []byte) value.Value { return slices.Equal(der, mustStaple) }},
	} {
		e, there := extension(list, one.oid)
		if there {
			d.Set(one.name, one.read(e.Value))
		} else {
			d.Set(one.name, nil)
		}
		d.Set(one.name+"_critical", e.Critical)
	}
	d.Set("subject_key_identifier", nil)
	if e, there := extension(list, oidKeyID); there {
		var id []byte
		if _, err := asn1.Unmarshal(e.Value, &id); err == nil {
			d.Set("subject_key_identifier", colons(id))
		}
	}
	d.Set("authority_key_identifier", nil)
	d.Set("authority_cert_issuer", nil)
	d.Set("authority_cert_serial_number", nil)
	if e, there := extension(list, oidAuthority); there {
		var a authorityID
		if _, err := asn1.Unmarshal(e.Value, &a); err == nil && len(a.ID) > 0 {
			d.Set("authority_key_identifier", colons(a.ID))
		}
	}
	byOID := value.NewDict()
	for _, e := range list {
		byOID.Set(e.Id.String(), value.DictOf("critical", e.Critical, "value", base64.StdEncoding.EncodeToString(e.Value)))
	}
	d.Set("extensions_by_oid", byOID)
	return d
}

// authorityID is the extension that names the key which has signed.
type authorityID struct {
	ID []byte `asn1:"optional,tag:0"`
}

func colons(raw []byte) string {
	text := hex.EncodeToString(raw)
	var parts []string
	for i := 0; i < len(text); i += 2 {
		parts = append(parts, text[i:i+2])
	}
	return strings.Join(parts, ":")
}

func decodeNames(der []byte) []string {
	var raws []asn1.RawValue
	if _, err := asn1.Unmarshal(der, &raws); err != nil {
		return nil
	}
	names := []string{}
	for _, raw := range raws {
		text := string(raw.Bytes)
		switch raw.Tag {
		case 1:
			text = "email:" + text
		case 2:
			text = "DNS:" + text
		case 6:
			text = "URI:" + text
		case 7:
			text = "IP:" + net.IP(raw.Bytes).String()
		case 8:
			var oid asn1.ObjectIdentifier
			_, _ = asn1.Unmarshal(append([]byte{asn1.TagOID, byte(len(raw.Bytes))}, raw.Bytes...), &oid)
			text = "RID:" + oid.String()
		default:
			text = fmt.Sprintf("otherName:%x", raw.FullBytes)
		}
		names = append(names, text)
	}
	return names
}

func decodeUsages(der []byte) []string {
	var bits asn1.BitString
	if _, err := asn1.Unmarshal(der, &bits); err != nil {
		return nil
	}
	names := []string{}
	for n, name := range usageNames {
		if bits.At(n) == 1 {
			names = append(names, name[0])
		}
	}
	slices.Sort(names)
	return names
}

func decodeExtended(der []byte) []string {
	var oids []asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(der, &oids); err != nil {
		return nil
	}
	names := []string{}
	for _, oid := range oids {
		name := oid.String()
		for _, e := range extendedNames {
			if e.oid.Equal(oid) {
				name = e.shown
			}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func decodeConstraints(der []byte) []string {
	c := constraints{PathLen: -1}
	if _, err := asn1.Unmarshal(der, &c); err != nil {
		return nil
	}
	words := []string{"CA:FALSE"}
	if c.CA {
		words[0] = "CA:TRUE"
	}
	if c.PathLen >= 0 {
		words = append(words, fmt.Sprintf("pathlen:%d", c.PathLen))
	}
	return words
}

// describeKey tells the public key of a request or certificate.
func describeKey(pub crypto.PublicKey) (*value.Dict, error) {
	text, err := publicText(pub)
	if err != nil {
		return nil, err
	}
	kind, _, _ := kindOf(pub)
	return value.DictOf("public_key", text, "public_key_type", kind, "public_key_data", publicData(pub), "public_key_fingerprints", keyFingerprints(pub)), nil
}
