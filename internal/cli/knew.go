package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/secret"
	"pig/internal/value"
)

// knownSecrets are the passwords that a departed host takes along: names of generated ones, parameters that the inventory writes, and keys that
// data is encrypted with, which stay.
type knownSecrets struct{ generated, written, keys map[string]bool }

// departed tells whether a removal has done what it can: a host that does not answer may be in other hands.
func departed(err error) bool {
	var status exitStatus
	return err == nil || errors.As(err, &status) && status == exitUnreachable
}

// tellKnown tells which passwords hosts take along that leave a product, and how to change them.
func (s *session) tellKnown(env *product.Environment, from product.Product, hosts []string) {
	where := strings.Join(hosts, ", ")
	if _, ok := from.(product.Certified); ok {
		fmt.Fprintf(s.app.err, "The certificates of %s are revoked. Run pig apply: then etcd, PostgreSQL, HAProxy and infra hosts refuse them.\n", where)
	}
	k := s.knownTo(env, from, hosts)
	list := func(names map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(names)), " ") }
	if len(k.generated) > 0 {
		fmt.Fprintf(s.app.err, "Generated passwords that %s knew. Rotate the passwords that stay in use: pig secret rotate %s\n", where, list(k.generated))
	}
	if len(k.written) > 0 {
		fmt.Fprintf(s.app.err, "Passwords of the inventory that %s knew. Change the passwords that stay in use in the inventory: %s\n", where, list(k.written))
	}
	if len(k.keys) > 0 {
		fmt.Fprintf(s.app.err, "Encryption keys of stored data that %s knew: %s\n", where, list(k.keys))
	}
}

// knownTo are the secrets that hosts of a product have seen, without those of clusters that leave as a whole.
func (s *runner) knownTo(env *product.Environment, from product.Product, hosts []string) knownSecrets {
	names := map[string]string{} // by password
	for _, name := range s.passwords.Names() {
		if password, ok := s.passwords.Lookup(name); ok {
			names[password] = name
		}
	}
	k := knownSecrets{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	knower, ok := from.(product.Knower)
	if !ok {
		return k
	}
	for _, host := range hosts {
		known := knower.Knows(params.Protect(s.vars(env, host)))
		whole := env.GoesWhole(host, hosts)
		for _, param := range known.StringKeys() {
			if p := params.Lookup(param); p != nil && p.Generated != "" && p.Generated != params.PerEnvironment && whole {
				continue
			}
			for _, password := range secretsIn(known.At(param)) {
				name, generated := names[password]
				_, key := params.KeyOfData(name)
				switch {
				case key:
					k.keys[name] = true
				case generated:
					k.generated[name] = true
				default:
					k.written[param] = true
				}
			}
		}
	}
	return k
}

// secretsIn are the secrets inside a value.
func secretsIn(v value.Value) (found []string) {
	switch v := v.(type) {
	case secret.Text:
		if v.Plain() != "" {
			found = append(found, v.Plain())
		}
	case *value.List:
		for _, item := range v.Items {
			found = append(found, secretsIn(item)...)
		}
	case *value.Dict:
		for _, item := range v.All() {
			found = append(found, secretsIn(item)...)
		}
	}
	return found
}
