package signature

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"path"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"pig/internal/diag"
)

// Signers are the keys whose signatures count, as in the ALLOWED SIGNERS of ssh-keygen: a name, options, a key on each line.
type Signers []Signer

// Signer is one of them.
type Signer struct {
	Principals string
	Key        ssh.PublicKey
	Namespaces []string // patterns; nil is all
	After      time.Time
	Before     time.Time
}

// ParseSigners reads a file of allowed signers. An option that is not obeyed here is refused.
func ParseSigners(file string, text []byte) (Signers, error) {
	var all Signers
	var wrong diag.List
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		s, err := parseSigner(line)
		if err != nil {
			wrong.Add(diag.Errorf(diag.Pos{File: file, Line: i + 1}, "invalid signer: %s", err).WithHint("write: NAME [namespaces=\"%s\"] KEYTYPE KEY, as for ssh-keygen -Y verify", Namespace))
			continue
		}
		all = append(all, s)
	}
	if len(all) == 0 && wrong == nil {
		wrong.Add(diag.Errorf(diag.Pos{File: file}, "no key found in the file of allowed signers"))
	}
	return all, wrong.Err()
}

func parseSigner(line string) (s Signer, err error) {
	words := fields(line)
	if len(words) < 3 {
		return s, fmt.Errorf("want a name and a key")
	}
	s.Principals = strings.Trim(words[0], `"`)
	rest := words[1:]
	for !keyType(rest[0]) {
		if err := s.option(rest[0]); err != nil {
			return s, err
		}
		if rest = rest[1:]; len(rest) < 2 {
			return s, fmt.Errorf("want a name and a key")
		}
	}
	blob, err := base64.StdEncoding.DecodeString(rest[1])
	if err != nil {
		return s, fmt.Errorf("the key is not Base64")
	}
	if s.Key, err = ssh.ParsePublicKey(blob); err != nil {
		return s, err
	}
	if s.Key.Type() != rest[0] {
		return s, fmt.Errorf("the key is one of %s, not of %s", s.Key.Type(), rest[0])
	}
	return s, nil
}

func keyType(word string) bool {
	return strings.HasPrefix(word, "ssh-") || strings.HasPrefix(word, "ecdsa-") || strings.HasPrefix(word, "sk-")
}

// fields are words; quotes keep blanks in them.
func fields(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\t')
	})
}

// option takes what stands between name and key, divided by commas.
func (s *Signer) option(word string) (err error) {
	quoted := false
	for _, one := range strings.FieldsFunc(word, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && r == ','
	}) {
		name, value, _ := strings.Cut(one, "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "namespaces":
			s.Namespaces = strings.Split(value, ",")
		case "valid-after":
			s.After, err = moment(value)
		case "valid-before":
			s.Before, err = moment(value)
		default:
			return fmt.Errorf("option %q is not supported", name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// moment reads YYYYMMDD[HHMM[SS]][Z], in local time without Z.
func moment(text string) (time.Time, error) {
	zone := time.Local
	short, utc := strings.CutSuffix(text, "Z")
	if utc {
		zone = time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(layout) == len(short) {
			return time.ParseInLocation(layout, short, zone)
		}
	}
	return time.Time{}, fmt.Errorf("invalid time %q: want YYYYMMDD or YYYYMMDDHHMM, with Z for UTC", text)
}

// Verify gives the signer of a message, or why its signature does not count.
func (all Signers) Verify(armored []byte, namespace string, message []byte, now time.Time) (Signer, error) {
	key, err := Key(armored, namespace, message)
	if err != nil {
		return Signer{}, err
	}
	why := fmt.Errorf("key %s is not one of the allowed signers", ssh.FingerprintSHA256(key))
	for _, s := range all {
		switch {
		case !bytes.Equal(s.Key.Marshal(), key.Marshal()):
		case !s.signs(namespace):
			why = fmt.Errorf("key of %s is not for %s", s.Principals, namespace)
		case !s.After.IsZero() && now.Before(s.After), !s.Before.IsZero() && !now.Before(s.Before):
			why = fmt.Errorf("key of %s is not valid now", s.Principals)
		default:
			return s, nil
		}
	}
	return Signer{}, why
}

func (s Signer) signs(namespace string) bool {
	if s.Namespaces == nil {
		return true
	}
	for _, pattern := range s.Namespaces {
		if is, err := path.Match(pattern, namespace); err == nil && is {
			return true
		}
	}
	return false
}
