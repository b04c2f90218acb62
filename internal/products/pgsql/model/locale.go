package model

import (
	"fmt"
	"slices"
	"strings"
)

// encodings are those that a server can have, by PostgreSQL's names without dashes and underscores, with what libc calls them.
var encodings = map[string][]string{
	"UTF8": {"utf8"}, "UNICODE": {"utf8"}, "SQLASCII": nil,
	"LATIN1": {"iso88591"}, "LATIN2": {"iso88592"}, "LATIN3": {"iso88593"}, "LATIN4": {"iso88594"}, "LATIN5": {"iso88599"},
	"LATIN6": {"iso885910"}, "LATIN7": {"iso885913"}, "LATIN8": {"iso885914"}, "LATIN9": {"iso885915"}, "LATIN10": {"iso885916"},
	"ISO88591": {"iso88591"}, "ISO88592": {"iso88592"}, "ISO88595": {"iso88595"}, "ISO88596": {"iso88596"}, "ISO88597": {"iso88597"},
	"ISO88598": {"iso88598"}, "ISO885915": {"iso885915"}, "ISO885916": {"iso885916"},
	"WIN1250": {"cp1250"}, "WIN1251": {"cp1251"}, "WIN1252": {"cp1252"}, "WIN1253": {"cp1253"}, "WIN1254": {"cp1254"}, "WIN1255": {"cp1255"},
	"WIN1256": {"cp1256"}, "WIN1257": {"cp1257"}, "WIN1258": {"cp1258"}, "WIN866": {"cp866"}, "WIN874": {"cp874", "tis620"}, "WIN": {"cp1251"},
	"KOI8R": {"koi8r"}, "KOI8": {"koi8r"}, "KOI8U": {"koi8u"}, "EUCJP": {"eucjp"}, "EUCJIS2004": {"eucjp"}, "EUCCN": {"gb2312", "euccn"},
	"EUCKR": {"euckr"}, "EUCTW": {"euctw"}, "MULEINTERNAL": nil,
}

// clientOnly are encodings that only clients can have.
var clientOnly = []string{"BIG5", "GB18030", "GBK", "JOHAB", "SJIS", "SHIFTJIS2004", "UHC"}

func bareEncoding(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}

// CheckEncoding tells why a server cannot have an encoding, "" if it can.
func CheckEncoding(name string) string {
	bare := bareEncoding(name)
	if _, ok := encodings[bare]; ok || name == "" {
		return ""
	}
	if slices.Contains(clientOnly, bare) {
		return fmt.Sprintf("encoding %s is for clients only: a server cannot have it", name)
	}
	return fmt.Sprintf("unknown encoding %q", name)
}

// CheckClientEncoding tells why clients cannot have an encoding, "" if they can.
func CheckClientEncoding(name string) string {
	if slices.Contains(clientOnly, bareEncoding(name)) {
		return ""
	}
	return CheckEncoding(name)
}

// SameEncoding tells whether two names mean the same encoding.
func SameEncoding(a, b string) bool {
	a, b = bareEncoding(a), bareEncoding(b)
	return a == b || len(encodings[a]) > 0 && slices.Equal(encodings[a], encodings[b])
}

// PlainLocale tells whether a locale goes with every encoding, and is there on every machine.
func PlainLocale(name string) bool { return name == "" || name == "C" || name == "POSIX" }

// CheckLocale tells why a locale of libc does not go with an encoding, as initdb and CREATE DATABASE would, "" if it does.
func CheckLocale(locale, encoding string) string {
	if PlainLocale(locale) || bareEncoding(encoding) == "SQLASCII" {
		return ""
	}
	if strings.ContainsAny(locale, " \t\n/\x00") {
		return fmt.Sprintf("invalid locale name %q", locale)
	}
	name, _, _ := strings.Cut(locale, "@")
	_, set, named := strings.Cut(name, ".")
	if !named { // which encoding it has is the machine's to say
		return ""
	}
	set = strings.ToLower(bareEncoding(set))
	if fits := encodings[bareEncoding(encoding)]; len(fits) > 0 && !slices.Contains(fits, set) {
		return fmt.Sprintf("locale %s has another encoding than %s", locale, encoding)
	}
	return ""
}

// HasLocale tells whether the answer of locale -a has a locale: de_DE.UTF-8 is listed as de_DE.utf8.
func HasLocale(listed, name string) bool {
	if PlainLocale(name) {
		return true
	}
	for line := range strings.Lines(listed) {
		if canonicalLocale(strings.TrimSpace(line)) == canonicalLocale(name) {
			return true
		}
	}
	return false
}

// SameLocale tells whether two names mean the same locale of libc.
func SameLocale(a, b string) bool {
	return canonicalLocale(a) == canonicalLocale(b) || a == "POSIX" && b == "C" || a == "C" && b == "POSIX"
}

func canonicalLocale(name string) string {
	name, modifier, _ := strings.Cut(name, "@")
	lang, set, named := strings.Cut(name, ".")
	if named {
		lang += "." + strings.ToLower(bareEncoding(set))
	}
	return lang + "@" + modifier
}
