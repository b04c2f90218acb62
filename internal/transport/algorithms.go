package transport

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// algorithms are those that an ssh_config allows; nil leaves the choice to the library.
type algorithms struct{ ciphers, macs, exchanges, hostKeys, publicKeys []string }

func chooseAlgorithms(a *answers) (algorithms, error) {
	var out algorithms
	can := ssh.SupportedAlgorithms()
	old := ssh.InsecureAlgorithms()
	for _, c := range []struct {
		key      string
		to       *[]string
		can, old []string
	}{
		{"ciphers", &out.ciphers, can.Ciphers, old.Ciphers}, {"macs", &out.macs, can.MACs, old.MACs},
		{"kexalgorithms", &out.exchanges, can.KeyExchanges, old.KeyExchanges},
		{"hostkeyalgorithms", &out.hostKeys, can.HostKeys, old.HostKeys},
		{"pubkeyacceptedalgorithms", &out.publicKeys, can.PublicKeyAuths, old.PublicKeyAuths},
		{"pubkeyacceptedkeytypes", &out.publicKeys, can.PublicKeyAuths, old.PublicKeyAuths},
	} {
		text := a.get(c.key)
		if text == "" {
			continue
		}
		list := among(text, c.can, c.old)
		if len(list) == 0 {
			return out, fmt.Errorf("invalid SSH option %s %q: pig supports none of them: %s", c.key, text, strings.Join(c.can, ","))
		}
		*c.to = list
	}
	return out, nil
}

// among reads a list of algorithms as OpenSSH does: + adds to what is used anyway, - takes away, ^ puts first, anything else replaces it.
func among(text string, can, old []string) []string {
	op := text[0]
	if strings.IndexByte("+-^", op) >= 0 {
		text = text[1:]
	} else {
		op = 0
	}
	patterns := strings.Split(text, ",")
	fits := func(name string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return wildcard(p, name) })
	}
	var named []string // in the order in which they are given
	for _, p := range patterns {
		for _, name := range slices.Concat(can, old) {
			if wildcard(p, name) && !slices.Contains(named, name) {
				named = append(named, name)
			}
		}
	}
	rest := slices.DeleteFunc(slices.Clone(can), fits)
	switch op {
	case '-':
		return rest
	case '^':
		return slices.Concat(named, rest)
	case '+':
		return slices.Concat(can, slices.DeleteFunc(named, func(n string) bool { return slices.Contains(can, n) }))
	}
	return named
}
