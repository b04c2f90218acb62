// Package credential keeps the passwords that pig generates for an environment: those that the inventory does not write. They
// are made once, lie in one file beside the environment's certificates, and change only when somebody asks for it.
//
// The file is a flat YAML mapping of names to passwords. A name is that of the parameter (pg_admin_password), with the cluster
// in front where each cluster has its own (pg-test.pg_etcd_password). It is readable for its owner only, or encrypted with
// Ansible Vault or age.
package credential

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"pig/internal/diag"
	"pig/internal/private"
	"pig/internal/value"
	"pig/internal/yaml"
)

// Cipher is how the file is kept.
type Cipher interface {
	Open(text []byte) ([]byte, error)
	Seal(plain []byte) ([]byte, error)
}

// Store is the passwords of one environment. It is safe for concurrent use.
type Store struct {
	mu     sync.Mutex
	path   string
	cipher Cipher
	values map[string]string
	at     map[string]diag.Pos // where the file has them
	asked  map[string]bool     // the names that Get was asked for: those that the environment uses
	made   []string            // names that were made or set since the file was read
	set    map[string]bool     // those of them that somebody asked for: they take the place of what is in the file
	exists bool
	preset func(name string) string
}

// Open reads the file at path. One that is not there is an empty store.
func Open(path string, c Cipher) (*Store, error) {
	s := &Store{path: path, cipher: c, values: map[string]string{}, set: map[string]bool{}, asked: map[string]bool{}}
	values, at, err := s.read()
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	s.values, s.at, s.exists = values, at, err == nil && len(values) > 0
	return s, err
}

// Path is where the file is, or will be.
func (s *Store) Path() string { return s.path }

// Exists tells whether the file was there, with passwords in it, when the store was opened.
func (s *Store) Exists() bool { return s.exists }

// Preset gives passwords that are taken, where it gives any, instead of random ones: what an environment has already, or what
// has a form of its own.
func (s *Store) Preset(known func(name string) string) { s.preset = known }

// Get gives the password of this name and makes it if there is none. What is made is kept by Save.
func (s *Store) Get(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[name] = true
	if v, ok := s.values[name]; ok {
		return v
	}
	v := ""
	if s.preset != nil {
		v = s.preset(name)
	}
	if v == "" {
		v = Generate()
	}
	s.values[name] = v
	s.made = append(s.made, name)
	return v
}

// Lookup gives the password of this name if there is one.
func (s *Store) Lookup(name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[name]
	return v, ok
}

// Asked are the names of the passwords that somebody asked for, sorted.
func (s *Store) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.asked))
}

// At is where the file has the password of this name.
func (s *Store) At(name string) diag.Pos { return s.at[name] }

// Set gives a name another password.
func (s *Store) Set(name, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[name] = password
	s.made = append(s.made, name)
	s.set[name] = true
}

// Names are the names of all passwords, sorted.
func (s *Store) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.values))
}

// Saved are the passwords that the file has.
func (s *Store) Saved() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := maps.Clone(s.values)
	for _, name := range s.made {
		delete(saved, name)
	}
	return saved
}

// Made are the names of the passwords that the file does not have yet.
func (s *Store) Made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(s.made)))
}

// Save writes what was made or set. Another pig may have written meanwhile: a password that both made is taken from the file,
// and an error says that this run has another one.
func (s *Store) Save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.made) == 0 {
		return nil
	}
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot save passwords: %w", err)
	}
	release, err := lock(dir)
	if err != nil {
		return fmt.Errorf("cannot save passwords: %w", err)
	}
	defer release()
	return s.merge()
}

// merge adds what was made to what is in the file by now.
func (s *Store) merge() error {
	now, _, err := s.read()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		now = map[string]string{}
	case err != nil:
		return err
	}
	for _, name := range s.made {
		if v, ok := now[name]; ok && v != s.values[name] && !s.set[name] {
			return fmt.Errorf("%s: another run generated passwords at the same time: run again", s.path)
		}
		now[name] = s.values[name]
	}
	if err := s.write(now); err != nil {
		return fmt.Errorf("cannot save passwords: %w", err)
	}
	s.values, s.made, s.exists = now, nil, true
	clear(s.set)
	return nil
}

func (s *Store) read() (map[string]string, map[string]diag.Pos, error) {
	text, err := os.ReadFile(s.path)
	if err != nil {
		return nil, nil, err
	}
	kept := text
	if s.cipher != nil {
		if text, err = s.cipher.Open(text); err != nil {
			return nil, nil, fmt.Errorf("cannot open %s: %w", s.path, err)
		}
	}
	values, at, err := Parse(text, s.path)
	if !bytes.Equal(kept, text) {
		for name := range at {
			at[name] = diag.Pos{File: s.path} // nobody finds a line in what is encrypted
		}
	}
	return values, at, err
}

func (s *Store) write(values map[string]string) error {
	text := Format(values)
	if s.cipher != nil {
		var err error
		if text, err = s.cipher.Seal(text); err != nil {
			return err
		}
	}
	return private.Write(s.path, text)
}

// lock keeps other pigs out while the file is written.
func lock(dir string) (release func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(d.Fd()), unix.LOCK_EX); err != nil {
		_ = d.Close()
		return nil, err
	}
	return func() { _ = errors.Join(unix.Flock(int(d.Fd()), unix.LOCK_UN), d.Close()) }, nil // also where a child was just forked
}

var nameForm = regexp.MustCompile(`^(?:[A-Za-z0-9][A-Za-z0-9_.-]*\.)?[a-z][a-z0-9_]*$`)

// example is what a file of passwords looks like.
const example = `want lines such as pg_admin_password: "Some.Password.7"`

// Parse reads a mapping of names to passwords, and tells where each is.
func Parse(text []byte, file string) (map[string]string, map[string]diag.Pos, error) {
	v, _, err := yaml.Parse(text, file, yaml.Options{Strict: true, Secret: true})
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return nil, nil, d.WithHint(example)
	}
	if err != nil {
		return nil, nil, err
	}
	all, at := map[string]string{}, map[string]diag.Pos{}
	dict, ok := v.(*value.Dict)
	switch {
	case v == nil:
		return all, at, nil
	case !ok:
		return nil, nil, diag.Errorf(diag.Pos{File: file, Line: 1}, "invalid file of passwords %s", file).WithHint(example)
	}
	for key, v := range dict.All() {
		name := value.KeyText(key)
		password, isText := v.(string)
		switch {
		case !nameForm.MatchString(name):
			return nil, nil, diag.Errorf(dict.KeyPos(key), "invalid name of a password: want PARAMETER or CLUSTER.PARAMETER")
		case isText && password == "":
			return nil, nil, diag.Errorf(dict.ValuePos(key), "invalid password of %s: must not be empty", name).WithHint("remove the line to generate a password")
		case !isText:
			return nil, nil, diag.Errorf(dict.ValuePos(key), "invalid password of %s: must be a text in quotes", name).WithHint(example)
		case strings.ContainsAny(password, "\r\n\x00"):
			return nil, nil, diag.Errorf(dict.ValuePos(key), "invalid password of %s: must be one line", name)
		}
		all[name], at[name] = password, dict.ValuePos(key)
	}
	return all, at, nil
}

// Format writes a mapping that Parse reads.
func Format(values map[string]string) []byte {
	var b strings.Builder
	b.WriteString("# Passwords that pig generated for this environment. Keep this file with files/pki; pig secret --help.\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&b, "%s: %s\n", name, value.PlainJSON(values[name]))
	}
	return []byte(b.String())
}

// alphabet leaves out what is mistaken for something else when read aloud or typed; it needs no quotes anywhere.
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

// GenerateKey makes a key of 32 random bytes, in hexadecimal.
func GenerateKey() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it cannot fail
	return hex.EncodeToString(b)
}

// Generate makes 24 random characters: about 140 bits. Letters and digits are among them, as rules of passwords want it.
func Generate() string {
	for {
		if p := random(); strings.ContainsAny(p, "23456789") && strings.ToLower(p) != p && strings.ToUpper(p) != p {
			return p
		}
	}
}

func random() string {
	b := make([]byte, 0, 24)
	for len(b) < cap(b) {
		var one [1]byte
		_, _ = rand.Read(one[:]) // it cannot fail
		if n := int(one[0]); n < 256/len(alphabet)*len(alphabet) {
			b = append(b, alphabet[n%len(alphabet)])
		}
	}
	return string(b)
}
