package params

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"pig/internal/diag"
	"pig/internal/secret"
	"pig/internal/value"
)

// knownFamily are the passwords of Pigsty's and pig's samples, also inside URLs.
var knownFamily = regexp.MustCompile(`\b(?:DBUser|S3User)\.[A-Za-z0-9]+\b`)

// knownWords are passwords that samples and guides use, beside those that the catalog names.
var knownWords = []string{"pgBackRest", "minioadmin", "redis.ms", "redis.meta", "redis.test", "password", "changeme", "postgres", "admin", "secret"}

// knownDefaults are all passwords that are well known as a whole.
var knownDefaults = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, w := range knownWords {
		all[w] = true
	}
	for _, p := range Load().Params {
		if p.Known != "" {
			all[p.Known] = true
		}
	}
	return all
})

// WellKnown tells whether a password is, or holds, one that everybody knows.
func WellKnown(password string) bool {
	return knownDefaults()[password] || knownFamily.MatchString(password)
}

// WellKnownIn lists the well-known passwords in the text of an inventory that can be nothing else there: ordinary words are left
// out.
func WellKnownIn(text string) []string {
	found := knownFamily.FindAllString(text, -1)
	for _, m := range knownValue.FindAllStringSubmatch(text, -1) {
		if strings.Contains(m[1], ".") && WellKnown(m[1]) {
			found = append(found, m[1])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// knownValue is the value of a key whose name ends as those of passwords do.
var knownValue = regexp.MustCompile(`(?:password|_pass|_secret|secret_key)\s*:\s*['"]?([^\s'",}]+)`)

// password checks a password that is written.
func (v *Validator) password(p *Param, what, text string, pos diag.Pos) {
	switch {
	case text == "" && p.Generated == PerEnvironment:
		v.Add(diag.Errorf(pos, "invalid %s: must not be empty", what).WithHint("remove %s to generate a password", p.Name))
	case text == "":
	default:
		if why := WeakPassword(text); why != "" {
			// What is wrong is no argument: there a secret that is one of the words would be masked.
			v.Add(diag.Warnf(pos, "%s "+why, what).WithRule("known-password").WithHint("%s", betterPassword(p)))
		}
	}
}

// WeakPassword tells what is wrong with a password: "" if nothing is.
func WeakPassword(text string) string {
	switch {
	case WellKnown(text):
		return "is a well-known default"
	case secret.Weak(text):
		return "is too short or too common to be hidden reliably in logs and on the screen"
	}
	return ""
}

func betterPassword(p *Param) string {
	if p.Generated != "" {
		return fmt.Sprintf("remove %s to generate a password, or set your own", p.Name)
	}
	return "write a password of your own"
}

// ownName warns of an object whose password is its name.
func (v *Validator) ownName(o *ObjectType, what string, d *value.Dict) {
	name, _ := value.Plain(d.At(o.Key))
	for _, f := range o.Fields {
		if s, ok := value.Plain(d.At(f.Name)); ok && f.Secret && s != "" && s == name {
			v.Add(diag.Warnf(d.ValuePos(f.Name), "%s.%s equals the name, which is easy to guess", what, f.Name).WithHint("write a password of your own"))
		}
	}
}

// derivedPasswords warns of passwords that follow from the name of their cluster.
func (v *Validator) derivedPasswords() {
	for _, p := range v.catalog.Params {
		if p.Generated == "" || p.Generated == PerEnvironment {
			continue
		}
		for _, h := range v.Inv.Hosts() {
			vars := v.Inv.Vars(h)
			if s, ok := value.Plain(vars.At(p.Name)); ok && s != "" && slices.Contains(derivedFrom(vars), s) {
				v.Add(diag.Warnf(v.Where(h, p.Name), "%s follows from a name, which everybody can guess", p.Name).WithHint("%s", betterPassword(p)))
			}
		}
	}
}

// derivedFrom are the passwords that Pigsty makes of the names that a host has.
func derivedFrom(vars *value.Dict) []string {
	var all []string
	for _, name := range []string{"pg_cluster", "redis_cluster", "etcd_cluster", "minio_cluster", "node_cluster"} {
		s, ok := value.Plain(vars.At(name))
		if !ok || s == "" {
			continue
		}
		all = append(all, s, DerivedSodiumKey(s), s+"-"+value.Str(vars.At("vip_vrid")))
	}
	return all
}

// DerivedSodiumKey is the root key of pgsodium that Pigsty makes of the name of a cluster.
func DerivedSodiumKey(cluster string) string {
	sum := sha256.Sum256([]byte(cluster))
	return hex.EncodeToString(sum[:])
}

// KeyOfData tells whether a generated password encrypts data, which is lost with it, and what environments have that were made
// before passwords were generated.
func KeyOfData(name string) (known string, ok bool) {
	if cluster, is := strings.CutSuffix(name, ".pgsodium_key"); is {
		return DerivedSodiumKey(cluster), true
	}
	return "pgBackRest", name == "pgbackrest_cipher_pass"
}
