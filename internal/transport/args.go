package transport

import (
	"fmt"
	"slices"
	"strings"
)

// args are the options of a command line of ssh, in their order.
type args struct {
	settings []setting
	config   string // -F: this file and no other
}

// flags are those of ssh that stand for a keyword, and their value where they take none.
var flags = map[byte]struct{ key, val string }{
	'i': {key: "identityfile"}, 'J': {key: "proxyjump"}, 'p': {key: "port"}, 'l': {key: "user"}, 'c': {key: "ciphers"}, 'm': {key: "macs"},
	'b': {key: "bindaddress"}, 'B': {key: "bindinterface"}, 'D': {key: "dynamicforward"}, 'L': {key: "localforward"}, 'R': {key: "remoteforward"},
	'I': {key: "pkcs11provider"}, 'w': {key: "tunnel"}, 'S': {key: "controlpath"},
	'4': {"addressfamily", "inet"}, '6': {"addressfamily", "inet6"}, 'A': {"forwardagent", "yes"}, 'a': {"forwardagent", "no"},
	'X': {"forwardx11", "yes"}, 'Y': {"forwardx11trusted", "yes"}, 'x': {"forwardx11", "no"}, 'C': {"compression", "yes"},
	'K': {"gssapiauthentication", "yes"}, 'k': {"gssapidelegatecredentials", "no"}, 'M': {"controlmaster", "yes"},
	'q': {"loglevel", "quiet"}, 'v': {"loglevel", "verbose"}, 'T': {"requesttty", "no"}, 't': {"requesttty", "yes"}, 'n': {"stdinnull", "yes"},
}

// CheckArgs tells what in options of ssh, as ansible_ssh_common_args has them, pig does not do.
func CheckArgs(text string) error {
	_, err := parseArgs(text)
	return err
}

// SetsInArgs tells whether options of ssh set a keyword.
func SetsInArgs(text, key string) bool {
	a, err := parseArgs(text)
	return err == nil && slices.ContainsFunc(a.settings, func(s setting) bool { return s.key == key })
}

func parseArgs(text string) (args, error) {
	var a args
	words, err := splitWords(text)
	if err != nil {
		return a, fmt.Errorf("invalid SSH options %q: %w", text, err)
	}
	for i := 0; i < len(words); i++ {
		word := words[i]
		if len(word) < 2 || word[0] != '-' {
			return a, fmt.Errorf("invalid SSH option %q: want an option such as -o KEYWORD=VALUE", word)
		}
		for j := 1; j < len(word); j++ {
			letter, rest := word[j], word[j+1:]
			f, known := flags[letter]
			if !known && letter != 'o' && letter != 'F' {
				return a, fmt.Errorf("SSH option -%c is not supported", letter)
			}
			if f.val != "" {
				if err := a.add(setting{f.key, f.val, "-" + string(letter)}); err != nil {
					return a, err
				}
				continue
			}
			if rest == "" {
				if i++; i >= len(words) {
					return a, fmt.Errorf("SSH option -%c needs a value", letter)
				}
				rest = words[i]
			}
			if err := a.valued(letter, rest); err != nil {
				return a, err
			}
			break
		}
	}
	return a, nil
}

// valued takes in an option that has a value.
func (a *args) valued(letter byte, val string) error {
	switch letter {
	case 'F':
		a.config = val
		return nil
	case 'o':
		key, words, err := splitLine(val)
		if err != nil || key == "" || len(words) == 0 {
			return fmt.Errorf("invalid SSH option -o %q: want KEYWORD=VALUE", val)
		}
		return a.add(setting{key, strings.Join(words, " "), "-o"})
	}
	return a.add(setting{flags[letter].key, val, "-" + string(letter)})
}

func (a *args) add(s setting) error {
	s = jumps(s)
	if err := s.check(true); err != nil {
		return err
	}
	a.settings = append(a.settings, s)
	return nil
}

// jumps makes a ProxyJump of a ProxyCommand that is one, or none: whichever of the two comes first counts, as in ssh.
func jumps(s setting) setting {
	if s.key != "proxycommand" {
		return s
	}
	if jump := jumpOf(s.val); jump != "" {
		s.key, s.val = "proxyjump", jump
	} else if strings.EqualFold(s.val, "none") {
		s.key, s.val = "proxyjump", "none"
	}
	return s
}

// jumpOf is the ProxyJump that does what a ProxyCommand of the form "ssh [-q] [-p PORT] [-l USER] -W %h:%p HOST" does; "" for others.
func jumpOf(command string) string {
	words, err := splitWords(command)
	if err != nil || len(words) < 4 || words[0] != "ssh" && words[0] != "/usr/bin/ssh" {
		return ""
	}
	host, port, login, through := "", "", "", false
	for i := 1; i < len(words); i++ {
		w := words[i]
		if len(w) == 2 && w[0] == '-' && strings.IndexByte("plW", w[1]) >= 0 && i+1 < len(words) {
			i++
			switch w[1] {
			case 'p':
				port = ":" + words[i]
			case 'l':
				login = words[i] + "@"
			case 'W':
				through = words[i] == "%h:%p" || words[i] == "[%h]:%p"
			}
			continue
		}
		switch {
		case slices.Contains([]string{"-q", "-T", "-x", "-a", "-C"}, w):
		case strings.HasPrefix(w, "-") || host != "":
			return ""
		default:
			host = w
		}
	}
	if !through || host == "" || strings.ContainsAny(host, "%,") {
		return ""
	}
	return login + host + port
}
