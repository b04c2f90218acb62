package plan

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/inventory"
	"pig/internal/private"
	"pig/internal/product"
	"pig/internal/value"
)

// sealVersion changes when plan files of before can no longer be applied.
const sealVersion = 4

// NewSalt makes the salt of a plan.
func NewSalt() (string, error) {
	b := make([]byte, 16)
	_, err := rand.Read(b)
	return hex.EncodeToString(b), err
}

// Binding is what a unit is made of, as a plan that is kept holds it: digests that tell no secret, and the key that seals the unit's changes,
// which is in no file.
type Binding struct {
	Inputs, Extra, Passwords string
	Key                      []byte
}

// Binder makes the bindings of the units of one plan.
type Binder struct {
	inv    *inventory.Inventory
	saved  map[string]string
	salt   string
	rounds int
	extra  []byte
}

// Guessing a password from a plan file's digest is made slow. The digest covers all variables of a unit, so whoever guesses must know the rest
// already; this is for those who do. A plan of many units spends allRounds on all of them together, and leastRounds on each at least.
const allRounds, mostRounds, leastRounds = 10_000_000, 200_000, 10_000

// NewBinder binds units to an inventory, variables of the command line, and generated passwords. Of a plan that comes from a file, rounds are the
// file's.
func NewBinder(inv *inventory.Inventory, extra *value.Dict, saved map[string]string, salt string, rounds int) (*Binder, error) {
	b := &Binder{inv: inv, saved: saved, salt: salt, rounds: rounds}
	if extra == nil || extra.Len() == 0 {
		return b, nil
	}
	var err error
	b.extra, err = b.slow("extra", string(value.PlainJSON(extra)))
	return b, err
}

// Rounds is how much work a digest is, in a plan of so many units.
func Rounds(units int) int { return max(leastRounds, min(mostRounds, allRounds/max(1, 2*units))) }

// Bind digests what u is made of: the variables of its hosts, those of the command line, and those of the generated passwords that it may use.
func (b *Binder) Bind(u product.Unit) (Binding, error) {
	text, err := inputs(b.inv, u)
	if err != nil {
		return Binding{}, err
	}
	used, err := passwords(text, b.saved)
	if err != nil {
		return Binding{}, err
	}
	vars, err := b.slow("inputs", text)
	if err != nil {
		return Binding{}, err
	}
	words, err := b.slow("passwords", used)
	if err != nil {
		return Binding{}, err
	}
	key := sha256.Sum256(slices.Concat([]byte("pig plan"), vars, words, b.extra))
	return Binding{public(vars), public(b.extra), public(words), key[:]}, nil
}

// slow gives a key that is made of text.
func (b *Binder) slow(what, text string) ([]byte, error) {
	return pbkdf2.Key(sha256.New, text, []byte(what+b.salt), b.rounds, 32)
}

// public is what a file may hold of a key.
func public(key []byte) string {
	if key == nil {
		return ""
	}
	sum := sha256.Sum256(append([]byte("public"), key...))
	return hex.EncodeToString(sum[:])
}

func inputs(inv *inventory.Inventory, u product.Unit) (string, error) {
	var b strings.Builder
	for _, name := range u.Hosts {
		h := inv.Host(name)
		if h == nil {
			return "", fmt.Errorf("host %q not found in the inventory any more", name)
		}
		b.WriteString(name + "\x00")
		b.Write(value.PlainJSON(inv.Vars(h)))
	}
	return b.String(), nil
}

// passwords are the generated passwords that a unit with these variables may use: all of the environment, and those of clusters and addresses
// that its variables name. They are digested as a whole: one digest of each would let each be guessed by itself.
func passwords(variables string, saved map[string]string) (string, error) {
	used := map[string]string{}
	for name, password := range saved {
		owner, _, owned := cutLast(name, ".")
		if !owned || strings.Contains(variables, owner) {
			used[name] = password
		}
	}
	sorted, err := json.Marshal(used) // by name
	return string(sorted), err
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Save writes p for its owner only.
func (p *Plan) Save(path string) error {
	text, err := json.MarshalIndent(p.Document(), "", " ")
	if err != nil {
		return err
	}
	if err := private.Write(path, append(text, '\n')); err != nil {
		return fmt.Errorf("cannot save the plan: %w", err)
	}
	return nil
}

// ErrNoPlan is what Open gives for a file that no plan was saved in. Nothing but another file helps.
var ErrNoPlan = errors.New("not a plan file")

// Replaceable tells why a plan is not saved at path: only nothing and a plan, also one of another version, may be there.
func Replaceable(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		dir := filepath.Dir(path)
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return fmt.Errorf("cannot save the plan in %s: no directory %s", path, dir)
		}
		return nil
	case err != nil:
		return fmt.Errorf("cannot save the plan: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("cannot save the plan in %s: not a regular file", path)
	}
	if _, err := Open(path); errors.Is(err, ErrNoPlan) {
		return fmt.Errorf("cannot save the plan in %s: the existing file is not a plan file", path)
	}
	return nil
}

func notPlan(path string) error { return fmt.Errorf("%s is %w", path, ErrNoPlan) }

// Open reads a plan that Save wrote, to apply it.
func Open(path string) (*Plan, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the plan: %w", err)
	}
	return Parse(path, text)
}

// Parse reads a plan to apply from what its file holds.
func Parse(path string, text []byte) (*Plan, error) {
	d, err := ParseDocument(path, text)
	if err != nil {
		return nil, err
	}
	if d.Seal == nil {
		return nil, fmt.Errorf("cannot apply %s: output of plan --json, not of plan --out", path)
	}
	if d.Seal.Version != sealVersion {
		return nil, otherVersion(path, d.Seal.Version)
	}
	return d.Plan()
}

func otherVersion(path string, version int) error {
	return fmt.Errorf("invalid plan file %q: version %d, want %d: plan again", path, version, sealVersion)
}

// OpenDocument reads the document of a plan file, or of the event that plan --json prints.
func OpenDocument(path string) (*Document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the plan: %w", err)
	}
	return ParseDocument(path, text)
}

// ParseDocument reads the document that a file holds.
func ParseDocument(path string, text []byte) (*Document, error) {
	var head struct {
		Event string `json:"event"`
		Plan  json.RawMessage
		Form  string `json:"format_version"`
		// Version and Pig are of plan files of before.
		Version int    `json:"version"`
		Pig     string `json:"pig"`
	}
	if json.Unmarshal(text, &head) != nil {
		return nil, notPlan(path)
	}
	switch {
	case head.Event == "plan":
		return ParseDocument(path, head.Plan)
	case head.Form == "" && head.Version > 0 && head.Pig != "":
		return nil, otherVersion(path, head.Version)
	case head.Form == "":
		return nil, notPlan(path)
	}
	if major, _, _ := strings.Cut(head.Form, "."); major != strings.Split(DocumentVersion, ".")[0] {
		return nil, fmt.Errorf("invalid plan file %q: format version %s, want %s: plan again", path, head.Form, DocumentVersion)
	}
	d := &Document{}
	if json.Unmarshal(text, d) != nil || d.Pig == "" {
		return nil, notPlan(path)
	}
	return d, nil
}

// Unit finds a unit of the plan by name.
func (p *Plan) Unit(name string) *UnitPlan {
	for i := range p.Units {
		if p.Units[i].Unit.Name == name {
			return &p.Units[i]
		}
	}
	return nil
}
