package lookups

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pig/internal/jinja/filters"
	"pig/internal/jinja/python"
	"pig/internal/jinja/python/pyrand"
	"pig/internal/jinja/runtime"
	"pig/internal/secret"
	"pig/internal/value"
)

// wanted is what a term of lookup('password') asks for.
type wanted struct {
	path, encrypt, ident string
	chars                []rune
	length               int
	seed                 *string
}

// password gives a password that is kept in a file of this machine, and makes it where there is none.
func lookupPassword(s *runtime.Scope, args []value.Value, kw *value.Dict) (*value.List, error) {
	if err := settled(append(slices.Clone(args), kw)); err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, a := range args {
		w, err := want(python.Str(a), kw)
		if err != nil {
			return nil, err
		}
		made, err := kept(s, w)
		if errors.Is(err, runtime.ErrNotKept) {
			out.Append(value.Unknown{Why: "the password that is made for " + w.path})
			continue
		}
		if err != nil {
			return nil, err
		}
		out.Append(made)
	}
	return out, nil
}

// kept reads the file of a password, or makes it. One that is kept is a secret.
func kept(s *runtime.Scope, w wanted) (value.Value, error) {
	if w.path == "/dev/null" {
		c := credential{password: random(w)}
		if err := c.complete(w); err != nil {
			return nil, err
		}
		return c.text(w)
	}
	files, err := s.Reader()
	if err != nil {
		return nil, err
	}
	keeper, ok := files.(runtime.Keeper)
	if !ok {
		return nil, errors.New("no passwords can be kept here")
	}
	if s.ChosenByNode() && (strings.HasPrefix(w.path, "/") || strings.HasPrefix(w.path, "~") || slices.Contains(strings.Split(w.path, "/"), "..")) {
		return nil, fmt.Errorf("invalid file name %q: the name comes from a host, and must lie in the directory of the playbook", w.path)
	}
	var c credential
	err = keeper.Update(w.path, func(content []byte, present bool) ([]byte, error) {
		before := strings.TrimRight(string(content), " \t\r\n\v\f")
		c = parseCredential(before)
		if !present {
			c = credential{password: random(w)}
		}
		if err := c.complete(w); err != nil {
			return nil, err
		}
		if after := c.line(); !present || after != before {
			return []byte(after + "\n"), nil
		}
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	text, err := c.text(w)
	if err != nil {
		return nil, err
	}
	return secret.New(text), nil
}

// credential is what a file of a password holds.
type credential struct{ password, salt, ident string }

func parseCredential(content string) credential {
	c := credential{password: content}
	at := strings.LastIndex(content, " salt=")
	if at < 0 {
		return c
	}
	c.password, c.salt = content[:at], content[at+len(" salt="):]
	if at := strings.LastIndex(c.salt, " ident="); at >= 0 {
		c.salt, c.ident = c.salt[:at], c.salt[at+len(" ident="):]
	}
	return c
}

// complete adds what the password needs to be encrypted always to the same text.
func (c *credential) complete(w wanted) error {
	if c.ident != "" && w.ident != "" && c.ident != w.ident {
		return fmt.Errorf("The ident parameter provided (%s) does not match the stored one (%s).", w.ident, c.ident) //nolint:staticcheck // Ansible's words
	}
	if w.encrypt == "" {
		return nil
	}
	if c.salt == "" {
		c.salt = salt(w.encrypt)
	}
	if c.ident == "" {
		c.ident = w.ident
	}
	if c.ident == "" && w.encrypt == "bcrypt" {
		c.ident = "2b"
	}
	return nil
}

// line is the credential as its file has it. What is there stays, whether or not it is needed.
func (c *credential) line() string {
	text := c.password
	if c.salt != "" {
		text += " salt=" + c.salt
		if c.ident != "" {
			text += " ident=" + c.ident
		}
	}
	return text
}

func (c *credential) text(w wanted) (string, error) {
	if w.encrypt == "" {
		return c.password, nil
	}
	return filters.Crypt(w.encrypt, c.password, c.salt, 0, c.ident)
}

func random(w wanted) string {
	var dice python.Dice = python.Free{Next: unforeseen}
	if w.seed != nil {
		dice = pyrand.FromString(*w.seed)
	}
	return pick(dice, w.chars, w.length)
}

// unforeseen are numbers of the kernel, which nobody can foresee.
func unforeseen() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return binary.NativeEndian.Uint64(b[:])
}

func pick(dice python.Dice, chars []rune, n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune(chars[dice.Below(uint64(len(chars)))])
	}
	return b.String()
}

const letters, digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"

func salt(encrypt string) string {
	size := map[string]int{"bcrypt": 22, "sha256_crypt": 16, "sha512_crypt": 16}[encrypt]
	if size == 0 {
		size = 8
	}
	salt := pick(python.Free{Next: unforeseen}, []rune(letters+digits+"./"), size)
	if encrypt == "bcrypt" { // the last of 22 characters has four bits that count
		const last = ".Oeu"
		salt = salt[:21] + string(last[int(salt[21])%len(last)])
	}
	return salt
}

// named are the sets of characters that Python's module string has.
func named(name string) (string, bool) {
	lower, upper := letters[:26], letters[26:]
	const punctuation, space = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", " \t\n\r\v\f"
	set, ok := map[string]string{
		"ascii_letters": letters, "ascii_lowercase": lower, "ascii_uppercase": upper, "digits": digits, "hexdigits": digits + "abcdefABCDEF",
		"octdigits": "01234567", "punctuation": punctuation, "whitespace": space, "printable": digits + letters + punctuation + space,
	}[name]
	return set, ok
}

// want reads a term: a path, with options in the old form after it.
func want(term string, kw *value.Dict) (wanted, error) {
	w := wanted{path: term, length: 20}
	given := kw.Clone()
	if path, rest, ok := strings.Cut(term, " "); ok {
		var err error
		if w.path, err = oldForm(path, rest, given); err != nil {
			return w, err
		}
	}
	sets := []string{"ascii_letters", "digits", ".,:-_"}
	for k, v := range given.All() {
		text := value.Str(v)
		switch name := value.KeyText(k); name {
		case "encrypt", "ident":
			if v == nil {
				continue
			}
			if name == "encrypt" {
				w.encrypt = text
			} else {
				w.ident = text
			}
		case "seed":
			if v != nil {
				w.seed = &text
			}
		case "length":
			n, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				return w, fmt.Errorf("invalid length %q of a password: want a number", text)
			}
			w.length = n
		case "chars":
			sets = setsOf(v)
		case "wantlist", "errors":
		default:
			return w, fmt.Errorf("Unrecognized parameter(s) given to password lookup: %s", name)
		}
	}
	var all strings.Builder
	for _, name := range sets {
		set, ok := named(name)
		if !ok {
			set = name
		}
		all.WriteString(set)
	}
	w.chars = []rune(strings.NewReplacer(`"`, "", "'", "").Replace(all.String()))
	if len(w.chars) == 0 {
		return w, errors.New("a password needs characters to choose from")
	}
	return w, nil
}

// setsOf are the sets of chars; in a text commas stand between them, and two commas are one of the characters.
func setsOf(v value.Value) (sets []string) {
	if l, ok := v.(*value.List); ok {
		return l.Texts()
	}
	text := value.Str(v)
	if strings.Contains(text, ",,") {
		sets = append(sets, ",")
	}
	for part := range strings.SplitSeq(strings.ReplaceAll(text, ",,", ","), ",") {
		if part != "" {
			sets = append(sets, part)
		}
	}
	return sets
}

// oldForm reads name=value after a path, which may have blanks.
func oldForm(path, rest string, given *value.Dict) (string, error) {
	words, options := []string{path}, false
	for word := range strings.FieldsSeq(rest) {
		name, val, ok := strings.Cut(word, "=")
		switch {
		case ok && name != "":
			if !slices.Contains([]string{"length", "encrypt", "chars", "ident", "seed"}, name) {
				return "", fmt.Errorf("Unrecognized parameter(s) given to password lookup: %s", name)
			}
			given.Set(name, strings.Trim(val, `"'`))
			options = true
		case options:
			return "", errors.New("Unrecognized value after key=value parameters given to password lookup")
		default:
			words = append(words, word)
		}
	}
	return strings.Join(words, " "), nil
}
