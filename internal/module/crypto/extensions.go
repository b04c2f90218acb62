package crypto

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
)

// The numbers of extensions.
var (
	oidKeyID       = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidUsage       = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidNames       = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidAuthority   = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidExtended    = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidFeature     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}
)

// mustStaple is the extension's content that asks for a stapled answer of OCSP (RFC 7633): feature 5 of TLS.
var mustStaple = []byte{0x30, 0x03, 0x02, 0x01, 0x05}

func extensionArgs() []module.Arg {
	list := func(name, alias string) module.Arg {
		a := module.Arg{Name: name, Type: module.List, Elements: module.Str}
		if alias != "" {
			a.Aliases = []string{alias}
		}
		return a
	}
	critical := func(name, alias string) module.Arg {
		return module.Arg{Name: name, Type: module.Bool, Aliases: []string{alias}}
	}
	extended := list("extended_key_usage", "extKeyUsage")
	extended.Aliases = append(extended.Aliases, "extendedKeyUsage")
	extendedCritical := critical("extended_key_usage_critical", "extKeyUsage_critical")
	extendedCritical.Aliases = append(extendedCritical.Aliases, "extendedKeyUsage_critical")
	return []module.Arg{
		list("subject_alt_name", "subjectAltName"), critical("subject_alt_name_critical", "subjectAltName_critical"),
		{Name: "use_common_name_for_san", Type: module.Bool, Default: true, Aliases: []string{"useCommonNameForSAN"}},
		list("key_usage", "keyUsage"), critical("key_usage_critical", "keyUsage_critical"), extended, extendedCritical,
		list("basic_constraints", "basicConstraints"), critical("basic_constraints_critical", "basicConstraints_critical"),
		{Name: "ocsp_must_staple", Type: module.Bool, Aliases: []string{"ocspMustStaple"}}, {Name: "ocsp_must_staple_critical", Type: module.Bool, Aliases: []string{"ocspMustStaple_critical"}},
		{Name: "create_subject_key_identifier", Type: module.Bool},
	}
}

// extensionsOf are the extensions that a task asks for.
func extensionsOf(a module.Args, subject []field) (list []pkix.Extension, err error) {
	add := func(oid asn1.ObjectIdentifier, critical bool, der []byte, bad error) {
		err = errors.Join(err, bad)
		list = append(list, pkix.Extension{Id: oid, Critical: critical, Value: der})
	}
	names := a.Strings("subject_alt_name")
	if len(names) == 0 && a.Bool("use_common_name_for_san") {
		for _, f := range subject {
			if f.short == "CN" {
				names = []string{"DNS:" + f.value}
				break
			}
		}
	}
	if len(names) > 0 {
		der, bad := encodeNames(names)
		add(oidNames, a.Bool("subject_alt_name_critical"), der, bad)
	}
	if usages := a.Strings("key_usage"); len(usages) > 0 {
		der, bad := encodeUsages(usages)
		add(oidUsage, a.Bool("key_usage_critical"), der, bad)
	}
	if usages := a.Strings("extended_key_usage"); len(usages) > 0 {
		der, bad := encodeExtended(usages)
		add(oidExtended, a.Bool("extended_key_usage_critical"), der, bad)
	}
	if words := a.Strings("basic_constraints"); len(words) > 0 {
		der, bad := encodeConstraints(words)
		add(oidConstraints, a.Bool("basic_constraints_critical"), der, bad)
	}
	if a.Bool("ocsp_must_staple") {
		add(oidFeature, a.Bool("ocsp_must_staple_critical"), mustStaple, nil)
	}
	return list, err
}

// encodeNames writes subject alternative names such as DNS:www.example.com and IP:192.0.2.1.
func encodeNames(names []string) ([]byte, error) {
	var raws []asn1.RawValue
	for _, name := range names {
		kind, text, _ := strings.Cut(name, ":")
		raw := asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: []byte(text)}
		switch kind {
		case "email":
			raw.Tag = 1
		case "DNS":
			raw.Tag = 2
		case "URI":
			raw.Tag = 6
		case "IP":
			raw.Tag = 7
			ip := net.ParseIP(text)
			if ip == nil {
				return nil, fmt.Errorf("invalid subject_alt_name %q: want an address such as IP:192.0.2.1", name)
			}
			if v4 := ip.To4(); v4 != nil {
				ip = v4
			}
			raw.Bytes = ip
		case "RID":
			oid, ok := parseOID(text)
			der, err := asn1.Marshal(oid)
			if !ok || err != nil {
				return nil, fmt.Errorf("invalid subject_alt_name %q: want numbers such as RID:1.2.3.4", name)
			}
			raw.Tag, raw.Bytes = 8, der[2:]
		default:
			return nil, fmt.Errorf("cannot parse Subject Alternative Name %q: want one of DNS:, IP:, URI:, email: and RID: before the name", name)
		}
		for _, b := range raw.Bytes {
			if b > 127 && raw.Tag < 7 {
				return nil, fmt.Errorf("invalid subject_alt_name %q: only ASCII; a name in another script is written in its xn-- form", name)
			}
		}
		raws = append(raws, raw)
	}
	return asn1.Marshal(raws)
}

// usageNames are the bits of a key usage in their order: as Ansible shows each, and as else it is written.
var usageNames = [][]string{
	{"Digital Signature"}, {"Content Commitment", "Non Repudiation"}, {"Key Encipherment"}, {"Data Encipherment"}, {"Key Agreement"}, {"Certificate Sign", "keyCertSign"},
	{"CRL Sign"}, {"Encipher Only"}, {"Decipher Only"},
}

// plain is a name without the spaces and capitals in which its spellings differ.
func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

func encodeUsages(names []string) ([]byte, error) {
	bits := asn1.BitString{Bytes: make([]byte, 2)}
	for _, name := range names {
		n := slices.IndexFunc(usageNames, func(of []string) bool {
			return slices.ContainsFunc(of, func(one string) bool { return plain(one) == plain(name) })
		})
		if n < 0 {
			return nil, fmt.Errorf("unknown key usage %q: want one such as digitalSignature, keyEncipherment or keyCertSign", name)
		}
		bits.Bytes[n/8] |= 0x80 >> (n % 8)
		bits.BitLength = max(bits.BitLength, n+1)
	}
	bits.Bytes = bits.Bytes[:(bits.BitLength+7)/8]
	return asn1.Marshal(bits)
}

// extendedNames are extended key usages: as people write each, as Ansible shows it, and its number.
var extendedNames = []struct {
	name, shown string
	oid         asn1.ObjectIdentifier
}{
	{"serverAuth", "TLS Web Server Authentication", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}},
	{"clientAuth", "TLS Web Client Authentication", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}},
	{"codeSigning", "Code Signing", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3}},
	{"emailProtection", "E-mail Protection", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}},
	{"ipsecEndSystem", "IPSec End System", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 5}},
	{"ipsecTunnel", "IPSec Tunnel", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 6}},
	{"ipsecUser", "IPSec User", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 7}},
	{"timeStamping", "Time Stamping", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}},
	{"OCSPSigning", "OCSP Signing", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}},
	{"anyExtendedKeyUsage", "Any Extended Key Usage", asn1.ObjectIdentifier{2, 5, 29, 37, 0}},
}

func encodeExtended(names []string) ([]byte, error) {
	var oids []asn1.ObjectIdentifier
	for _, name := range names {
		oid, ok := parseOID(name)
		for _, e := range extendedNames {
			if plain(e.name) == plain(name) || plain(e.shown) == plain(name) {
				oid, ok = e.oid, true
			}
		}
		if !ok {
			return nil, fmt.Errorf("unknown extended key usage %q: want one such as serverAuth or clientAuth, or its numbers", name)
		}
		oids = append(oids, oid)
	}
	return asn1.Marshal(oids)
}

// constraints are whether a certificate is an authority's, and how many authorities may stand below it.
type constraints struct {
	CA      bool `asn1:"optional"`
	PathLen int  `asn1:"optional,default:-1"`
}

func encodeConstraints(words []string) ([]byte, error) {
	c := constraints{PathLen: -1}
	for _, w := range words {
		name, text, _ := strings.Cut(w, ":")
		n, err := strconv.Atoi(text)
		switch {
		case strings.EqualFold(w, "CA:TRUE"):
			c.CA = true
		case strings.EqualFold(w, "CA:FALSE"):
			c.CA = false
		case name == "pathlen" && err == nil && n >= 0:
			c.PathLen = n
		default:
			return nil, fmt.Errorf("unknown basic constraint %q: want CA:TRUE, CA:FALSE or pathlen:0", w)
		}
	}
	return asn1.Marshal(c)
}

// sameExtensions compares extensions; neither their order nor that of names and usages counts.
func sameExtensions(x, y []pkix.Extension) bool {
	return slices.Equal(canonical(x), canonical(y))
}

func canonical(list []pkix.Extension) []string {
	var all []string
	for _, e := range list {
		content := e.Value
		if e.Id.Equal(oidNames) || e.Id.Equal(oidExtended) {
			content = sorted(content)
		}
		all = append(all, fmt.Sprintf("%s %t %x", e.Id, e.Critical, content))
	}
	slices.Sort(all)
	return all
}

// sorted is the content of a sequence in an order of its own.
func sorted(der []byte) []byte {
	var parts []asn1.RawValue
	if _, err := asn1.Unmarshal(der, &parts); err != nil {
		return der
	}
	slices.SortFunc(parts, func(x, y asn1.RawValue) int { return bytes.Compare(x.FullBytes, y.FullBytes) })
	var all []byte
	for _, p := range parts {
		all = append(all, p.FullBytes...)
	}
	return all
}

// without are the extensions but for some.
func without(list []pkix.Extension, oids ...asn1.ObjectIdentifier) []pkix.Extension {
	return slices.DeleteFunc(slices.Clone(list), func(e pkix.Extension) bool {
		return slices.ContainsFunc(oids, e.Id.Equal)
	})
}

// extension is one of them.
func extension(list []pkix.Extension, oid asn1.ObjectIdentifier) (pkix.Extension, bool) {
	n := slices.IndexFunc(list, func(e pkix.Extension) bool { return e.Id.Equal(oid) })
	if n < 0 {
		return pkix.Extension{}, false
	}
	return list[n], true
}
