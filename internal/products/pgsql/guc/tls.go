package guc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// cipherGroups are OpenSSL's names for many ciphers at once (ciphers(1)).
var cipherGroups = strings.Fields(`ALL DEFAULT COMPLEMENTOFALL COMPLEMENTOFDEFAULT HIGH MEDIUM LOW EXP EXPORT FIPS eNULL NULL aNULL kRSA aRSA RSA kDH kDHr kDHd kDHE kEDH DH DHE EDH
	ADH AECDH kECDH kECDHe kECDHr kECDHE kEECDH ECDH ECDHE EECDH aDSS DSS aDH aECDH aECDSA ECDSA SSLv2 SSLv3 TLSv1 TLSv1.0 TLSv1.1 TLSv1.2 AES AES128 AES256 AESGCM AESCCM AESCCM8
	ARIA ARIA128 ARIA256 ARIAGCM CAMELLIA CAMELLIA128 CAMELLIA256 CHACHA20 3DES DES RC4 RC2 IDEA SEED MD5 SHA SHA1 SHA256 SHA384 GOST94 GOST89MAC aGOST aGOST01 aGOST12 kGOST kGOST18
	PSK kPSK kECDHEPSK kDHEPSK kRSAPSK aPSK SRP kSRP aSRP SUITEB128 SUITEB128ONLY SUITEB128C2 SUITEB192 CBC CAMELLIAGCM`)

// A cipher has a name of several parts: OpenSSL's own, ECDHE-RSA-AES256-GCM-SHA384, or that of the standard, TLS_AES_256_GCM_SHA384.
var (
	cipher      = regexp.MustCompile(`^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-(?:SHA|SHA256|SHA384|MD5|CCM|CCM8|POLY1305|GOST94|GOST89|OMAC)$|^(?:AES|CAMELLIA|ARIA|NULL|RC4|DES|IDEA|SEED)[A-Z0-9]*(?:-[A-Z0-9]+)+$`)
	standard    = regexp.MustCompile(`^TLS_(?:[A-Z0-9_]|_anon_)+_(?:SHA|SHA256|SHA384|MD5|CCM|CCM_8)$`)
	cipherOrder = regexp.MustCompile(`^@(?:STRENGTH|SECLEVEL=[0-5])$`)
)

// ciphers tells what is wrong with a list of ciphers for TLS up to 1.2. OpenSSL passes over what it does not know, and a list in which
// nothing is left makes the server end.
func ciphers(text string) error {
	adds := false
	for _, word := range strings.FieldsFunc(strings.ReplaceAll(text, "@", ":@"), func(c rune) bool { return strings.ContainsRune(":,; ", c) }) {
		if cipherOrder.MatchString(word) {
			continue
		}
		name := strings.TrimLeft(word, "!-+")
		for part := range strings.SplitSeq(name, "+") {
			if !slices.Contains(cipherGroups, part) && !cipher.MatchString(part) && !standard.MatchString(part) {
				return fmt.Errorf("unknown OpenSSL cipher %q", part)
			}
		}
		adds = adds || name == word
	}
	if !adds {
		return fmt.Errorf("must name a cipher that is allowed, such as HIGH:!aNULL")
	}
	return nil
}

// ciphers13 tells what is wrong with a list of ciphers for TLS 1.3; an empty one leaves them to OpenSSL.
func ciphers13(text string) error {
	for word := range strings.SplitSeq(text, ":") {
		if text != "" && !standard.MatchString(word) {
			return fmt.Errorf("must be TLS 1.3 ciphers separated by colons, such as TLS_AES_256_GCM_SHA384")
		}
	}
	return nil
}

// curve is a curve that a server up to 17 can take: one by OpenSSL's short name. X25519 and X448 are none of those.
var curve = regexp.MustCompile(`^(?:prime(?:192v[1-3]|239v[1-3]|256v1)|sec[pt][0-9]{3}[kr][1-3]|brainpoolP[0-9]{3}[rt]1|c2[pt]nb[0-9]{3}[vwr][1-3]|wap-wsg-idm-ecid-wtls[0-9]+|SM2)$`)

// group is a group for keys that a server since 18 can take; the server minds the case of curves, later libraries do not.
var group = regexp.MustCompile(`(?i)^(?:x25519|x448|p-(?:192|224|256|384|521)|prime256v1|sec[pt][0-9]{3}[kr][1-3]|brainpoolp[0-9]{3}[rt]1(?:tls13)?|ffdhe(?:2048|3072|4096|6144|8192)|mlkem(?:512|768|1024)|x25519mlkem768|x448mlkem1024|secp(?:256r1|384r1)mlkem(?:768|1024)|sm2|curvesm2(?:mlkem768)?|default)$`)

func curveName(text string) error {
	if !curve.MatchString(text) {
		return fmt.Errorf("must be a curve, such as prime256v1 or secp384r1")
	}
	return nil
}

func groupNames(text string) error {
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ':' || c == '/' }) {
		if !group.MatchString(strings.TrimLeft(word, "?*-")) {
			return fmt.Errorf("must be groups separated by colons, such as X25519:prime256v1")
		}
	}
	return nil
}
