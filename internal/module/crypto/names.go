package crypto

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// attribute is a field of a subject: the short name that people write, the long one that Ansible answers, and its number.
type attribute struct {
	short, long string
	oid         asn1.ObjectIdentifier
}

func attributes() []attribute {
	at := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 5, 4, n} }
	return []attribute{
		{"C", "countryName", at(6)}, {"ST", "stateOrProvinceName", at(8)}, {"L", "localityName", at(7)}, {"O", "organizationName", at(10)}, {"OU", "organizationalUnitName", at(11)},
		{"CN", "commonName", at(3)}, {"emailAddress", "emailAddress", asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}},
		{"SN", "surname", at(4)}, {"serialNumber", "serialNumber", at(5)}, {"street", "streetAddress", at(9)}, {"title", "title", at(12)}, {"businessCategory", "businessCategory", at(15)},
		{"postalCode", "postalCode", at(17)}, {"GN", "givenName", at(42)}, {"initials", "initials", at(43)}, {"generationQualifier", "generationQualifier", at(44)},
		{"dnQualifier", "dnQualifier", at(46)}, {"pseudonym", "pseudonym", at(65)}, {"organizationIdentifier", "organizationIdentifier", at(97)},
		{"UID", "userId", asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}}, {"DC", "domainComponent", asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}},
	}
}

// field is one field of a subject with its value.
type field struct {
	attribute
	value string
}

func (f field) key() string { return f.oid.String() + "=" + f.value }

// newField names a field as a subject does: CN, commonName or 2.5.4.3.
func newField(name, text string) (field, error) {
	for _, a := range attributes() {
		if strings.EqualFold(name, a.short) || strings.EqualFold(name, a.long) {
			return field{a, text}, nil
		}
	}
	oid, ok := parseOID(name)
	if !ok {
		return field{}, fmt.Errorf("invalid field %q of a subject: want a name such as CN, or numbers such as 2.5.4.3", name)
	}
	return field{described(oid), text}, nil
}

func described(oid asn1.ObjectIdentifier) attribute {
	for _, a := range attributes() {
		if a.oid.Equal(oid) {
			return a
		}
	}
	return attribute{oid.String(), oid.String(), oid}
}

func parseOID(text string) (asn1.ObjectIdentifier, bool) {
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, false
		}
		oid = append(oid, n)
	}
	return oid, len(oid) >= 2 && oid[0] <= 2 && (oid[0] == 2 || oid[1] < 40)
}

// subjectFields are the arguments that are fields of a subject, in the order in which they stand there.
var subjectFields = []string{"country_name", "state_or_province_name", "locality_name", "organization_name", "organizational_unit_name", "common_name", "email_address"}

func subjectArgs() []module.Arg {
	return []module.Arg{
		{Name: "subject", Type: module.Dict}, {Name: "subject_ordered", Type: module.List, Elements: module.Dict},
		{Name: "country_name", Aliases: []string{"C", "countryName"}}, {Name: "state_or_province_name", Aliases: []string{"ST", "stateOrProvinceName"}},
		{Name: "locality_name", Aliases: []string{"L", "localityName"}}, {Name: "organization_name", Aliases: []string{"O", "organizationName"}},
		{Name: "organizational_unit_name", Aliases: []string{"OU", "organizationalUnitName"}}, {Name: "common_name", Aliases: []string{"CN", "commonName"}},
		{Name: "email_address", Aliases: []string{"E", "emailAddress"}},
	}
}

// subjectOf is the subject that a task asks for; ordered if its order counts.
func subjectOf(a module.Args) (fields []field, ordered bool, err error) {
	add := func(name string, v value.Value) {
		values := []value.Value{v}
		if l, ok := v.(*value.List); ok {
			values = l.Items
		}
		for _, v := range values {
			if v == nil || value.Str(v) == "" {
				continue
			}
			f, bad := newField(name, value.Str(v))
			if bad != nil && err == nil {
				err = bad
			}
			fields = append(fields, f)
		}
	}
	for _, arg := range subjectFields {
		if a.Has(arg) {
			add(strings.ReplaceAll(arg, "_", ""), a.Get(arg))
		}
	}
	if d := a.Dict("subject"); d != nil {
		for k, v := range d.All() {
			add(value.KeyText(k), v)
		}
	}
	if !a.Has("subject_ordered") {
		return fields, false, err
	}
	if len(fields) > 0 {
		return nil, false, fmt.Errorf("subject_ordered cannot be combined with any other subject field")
	}
	for _, item := range a.List("subject_ordered") {
		d, _ := item.(*value.Dict)
		if d == nil || d.Len() == 0 {
			return nil, false, fmt.Errorf("invalid subject_ordered: want a list of mappings such as {CN: www.example.com}")
		}
		for k, v := range d.All() {
			add(value.KeyText(k), v)
		}
	}
	return fields, true, err
}

// encodeSubject writes a subject, each field in a set of its own.
func encodeSubject(fields []field) ([]byte, error) {
	seq := pkix.RDNSequence{}
	for _, f := range fields {
		raw := asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(f.value)}
		switch f.short {
		case "C", "serialNumber", "dnQualifier":
			raw.Tag = asn1.TagPrintableString
		case "emailAddress", "DC":
			raw.Tag = asn1.TagIA5String
		}
		if f.short == "C" && len(f.value) != 2 {
			return nil, fmt.Errorf("invalid country_name %q: want the two letters of the country's code", f.value)
		}
		seq = append(seq, pkix.RelativeDistinguishedNameSET{{Type: f.oid, Value: raw}})
	}
	return asn1.Marshal(seq)
}

// decodeSubject reads one.
func decodeSubject(raw []byte) (fields []field) {
	var seq pkix.RDNSequence
	if _, err := asn1.Unmarshal(raw, &seq); err != nil {
		return nil
	}
	for _, set := range seq {
		for _, a := range set {
			fields = append(fields, field{described(a.Type), fmt.Sprint(a.Value)})
		}
	}
	return fields
}

// sameSubject compares two subjects; their order counts if it was given.
func sameSubject(x, y []field, ordered bool) bool {
	keys := func(of []field) []string {
		var all []string
		for _, f := range of {
			all = append(all, f.key())
		}
		if !ordered {
			slices.Sort(all)
		}
		return all
	}
	return slices.Equal(keys(x), keys(y))
}

// subjectDict and subjectPairs show a subject as Ansible does.
func subjectDict(fields []field) *value.Dict {
	d := value.NewDict()
	for _, f := range fields {
		d.Set(f.long, f.value)
	}
	return d
}

func subjectPairs(fields []field, name func(field) string) *value.List {
	l := value.NewList()
	for _, f := range fields {
		l.Append(value.Strings([]string{name(f), f.value}))
	}
	return l
}

func long(f field) string  { return f.long }
func short(f field) string { return f.short }
