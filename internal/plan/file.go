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
	"pig/internal/value"
)

// fileVersion changes when plan files of before can no longer be applied.
const fileVersion = 2

// digestRounds makes guessing a password from a plan file's digest slow. The digest covers all variables of a unit, so
// whoever guesses must know the rest already; this is for those who do.
const digestRounds = 200_000

// NewSalt makes the salt of a plan.
func NewSalt() (string, error) {
	b := make([]byte, 16)
	_, err := rand.Read(b)
	return hex.EncodeToString(b), err
}

// Inputs digests the variables of a unit's hosts, secrets included, so that a plan can be recognized as stale.
func Inputs(inv *inventory.Inventory, u Unit, extra *value.Dict, salt string) (string, error) {
	text, err := inputs(inv, u, extra)
	if err != nil {
		return "", err
	}
	return digest(text, salt)
}

func inputs(inv *inventory.Inventory, u Unit, extra *value.Dict) (string, error) {
	var b strings.Builder
	for _, name := range u.Hosts {
		h := inv.Host(name)
		if h == nil {
			return "", fmt.Errorf("host %q not found in the inventory any more", name)
		}
		b.WriteString(name + "\x00")
		b.Write(value.PlainJSON(inv.Vars(h)))
	}
	if extra != nil {
		b.Write(value.PlainJSON(extra))
	}
	return b.String(), nil
}

// Passwords digests those of the generated passwords that a unit may use: all of the environment, and those of clusters and addresses
// that its variables name. They are digested as a whole: one digest of each would let each be guessed by itself.
func Passwords(inv *inventory.Inventory, u Unit, saved map[string]string, salt string) (string, error) {
	text, err := inputs(inv, u, nil)
	if err != nil {
		return "", err
	}
	used := map[string]string{}
	for name, password := range saved {
		owner, _, owned := cutLast(name, ".")
		if !owned || strings.Contains(text, owner) {
			used[name] = password
		}
	}
	sorted, err := json.Marshal(used) // by name
	if err != nil {
		return "", err
	}
	return digest(string(sorted), salt)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func digest(text, salt string) (string, error) {
	sum, err := pbkdf2.Key(sha256.New, text, []byte(salt), digestRounds, 32)
	return hex.EncodeToString(sum), err
}

// Save writes p for its owner only.
func (p *Plan) Save(path string) error {
	p.Version = fileVersion
	text, err := json.MarshalIndent(p, "", " ")
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
		return fmt.Errorf("cannot save the plan in %s: a file is there that is not a plan file", path)
	}
	return nil
}

func notPlan(path string) error { return fmt.Errorf("%s is %w", path, ErrNoPlan) }

// Open reads a plan that Save wrote.
func Open(path string) (*Plan, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	p := &Plan{}
	if err := json.Unmarshal(text, p); err != nil || p.Version == 0 || p.Pig == "" {
		return nil, notPlan(path)
	}
	if p.Version != fileVersion {
		return nil, fmt.Errorf("invalid plan file %q: version %d, want %d: plan again", path, p.Version, fileVersion)
	}
	return p, nil
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

// StaleInputs tells why was, planned before, is for other variables or passwords than now: "" if it is not. secrets is the name of the file of
// generated passwords.
func StaleInputs(was, now UnitPlan, secrets string) string {
	switch {
	case was.Inputs != now.Inputs:
		return "the inventory has changed for it"
	case was.Passwords != now.Passwords:
		return secrets + " has changed"
	}
	return ""
}

// Stale tells why was, planned before, is not what now is: "" if it is. Facts observed on nodes count through the changes
// that follow from them: if the same changes follow, the plan is as good as new.
func Stale(was, now UnitPlan, secrets string) string {
	if why := StaleInputs(was, now, secrets); why != "" {
		return why
	}
	before, after := lines(was), lines(now)
	for _, l := range after {
		if slices.Contains(before, l) {
			continue
		}
		if slices.ContainsFunc(before, func(b line) bool { return b.text == l.text }) {
			return "the content has changed of: " + l.text
		}
		return "it would now also: " + l.text
	}
	for _, l := range before {
		if !slices.Contains(after, l) {
			return "it would no longer: " + l.text
		}
	}
	return ""
}

// line is a change as people read it, with a digest of the content that they do not.
type line struct{ text, content string }

func lines(u UnitPlan) []line {
	var all []line
	for _, e := range u.Entries {
		if e.Unknown {
			all = append(all, line{e.Host + ": " + e.Task, ""})
		}
		for _, c := range e.Changes {
			sum := sha256.Sum256([]byte(c.Diff))
			all = append(all, line{e.Host + ": " + c.String(), hex.EncodeToString(sum[:4])})
		}
	}
	slices.SortFunc(all, func(a, b line) int { return strings.Compare(a.text+a.content, b.text+b.content) })
	return all
}
