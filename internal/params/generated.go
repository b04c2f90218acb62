package params

import (
	"regexp"

	"pig/internal/value"
)

// generatedForm stands inside a default for a password that has no parameter of its own.
var generatedForm = regexp.MustCompile(`^<generated ([a-z0-9_]+)>$`)

// PerEnvironment is what Param.Generated says of passwords that the whole environment shares.
const PerEnvironment = "environment"

// Generate puts the passwords of the environment into defaults: one for each parameter that wants one, and those inside the
// defaults of others, but for parameters of which written says that no host takes the default. password gives the one of a
// name, always the same.
func Generate(defaults *value.Dict, written func(param string) bool, password func(name string) string) {
	for _, p := range Load().Params {
		if written(p.Name) {
			continue
		}
		if p.Generated == PerEnvironment {
			defaults.Set(p.Name, password(p.Name))
		} else if v := defaults.At(p.Name); v != nil {
			fillGenerated(v, password)
		}
	}
}

// fillGenerated replaces the texts in v that stand for passwords. v belongs to the caller.
func fillGenerated(v value.Value, password func(name string) string) {
	filled := func(v value.Value) (value.Value, bool) {
		s, _ := v.(string)
		m := generatedForm.FindStringSubmatch(s)
		if m == nil {
			fillGenerated(v, password)
			return nil, false
		}
		return password(m[1]), true
	}
	switch v := v.(type) {
	case *value.List:
		for i, item := range v.Items {
			if p, ok := filled(item); ok {
				v.Items[i] = p
			}
		}
	case *value.Dict:
		for key, item := range v.All() {
			if p, ok := filled(item); ok {
				v.Set(key, p)
			}
		}
	}
}
