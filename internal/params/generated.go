package params

import (
	"regexp"
	"sync"

	"pig/internal/value"
)

// generatedForm stands inside a default for a password that has no parameter of its own.
var generatedForm = regexp.MustCompile(`^<generated ([a-z0-9_]+)>$`)

// inFields are the names of generated passwords that are no parameters, with the fields that they are for.
var inFields = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, p := range Load().Params {
		findGenerated(p.Name, p.Default, all)
	}
	return all
})

func findGenerated(path string, v value.Value, into map[string]string) {
	switch v := v.(type) {
	case string:
		if m := generatedForm.FindStringSubmatch(v); m != nil && into[m[1]] == "" {
			into[m[1]] = path
		}
	case *value.List:
		for _, item := range v.Items {
			findGenerated(path+"[]", item, into)
		}
	case *value.Dict:
		for key, item := range v.All() {
			findGenerated(path+"."+value.KeyText(key), item, into)
		}
	}
}

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
