package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"pig/internal/engine"
	"pig/internal/graph"
	"pig/internal/pki"
	"pig/internal/plan"
	"pig/internal/private"
	"pig/internal/product"
)

// caChange is which hosts have what the last pig pki rotate changed. It lies beside the CA: pig pki rotate begins it, pig apply adds to it.
type caChange struct {
	// CA is a digest of the trusted certificates and of the key that signs: what was applied before they became so does not count.
	CA string `json:"ca"`
	// Applied are the hosts on which pig apply has done all of a unit since.
	Applied map[string][]string `json:"applied"`
}

func caChangePath(dir string) string { return filepath.Join(dir, "ca", "rotation.json") }

// readChange reads the record; nil if there is none: no change was begun.
func readChange(dir string) (*caChange, error) {
	text, err := os.ReadFile(caChangePath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // there is none, and that is no fault
	}
	c := &caChange{}
	if err == nil {
		err = json.Unmarshal(text, c)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read which hosts have the CA: %s: %w", caChangePath(dir), err)
	}
	return c, nil
}

func (c *caChange) write(dir string) error {
	text, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return err
	}
	return private.Replace(caChangePath(dir), append(text, '\n'), 0o644)
}

// caState digests what a change of the CA changes.
func caState(ca pki.Authority) string {
	sum := sha256.New()
	sum.Write(ca.Certs)
	sum.Write(ca.Key) // as random as the digest is long: nobody guesses it from that
	return hex.EncodeToString(sum.Sum(nil))
}

// missing are the hosts of env on which not all units have been applied since, by first appearance.
func (c *caChange) missing(env *product.Environment) []string {
	var hosts []string
	units := product.Units(env)
	for _, n := range env.Hosts {
		if slices.ContainsFunc(units.Names(), func(name string) bool {
			u, _ := units.Node(name)
			return slices.Contains(u.Hosts, n.Name) && !slices.Contains(c.Applied[name], n.Name)
		}) {
			hosts = append(hosts, n.Name)
		}
	}
	return hosts
}

// caOnHosts notes, after an apply, what has come to the hosts of the units that were done. begun is the record as it was before the apply:
// what another pig pki rotate has changed meanwhile may have come too late for some.
func (s *source) caOnHosts(begun *caChange, g *graph.Graph[product.Unit], units []plan.UnitPlan, e *engine.Engine) error {
	if begun == nil || !s.whole() {
		return nil
	}
	now, err := readChange(s.pkiDir())
	if err != nil || now == nil || now.CA != begun.CA {
		return err
	}
	if ca, err := s.readAuthority(); err != nil || caState(ca) != now.CA {
		return err
	}
	if now.Applied == nil {
		now.Applied = map[string][]string{}
	}
	added := false
	for _, up := range units {
		u, _ := g.Node(up.Unit.Name)
		if up.Skipped != "" {
			continue
		}
		var bad []string
		if e != nil {
			bad = e.Failed(u.Hosts)
		}
		if up.Error != "" && len(bad) == 0 { // it did not even begin
			continue
		}
		for _, h := range u.Hosts {
			if !slices.Contains(bad, h) && !slices.Contains(now.Applied[u.Name], h) {
				now.Applied[u.Name], added = append(now.Applied[u.Name], h), true
			}
		}
	}
	if !added {
		return nil
	}
	return now.write(s.pkiDir())
}

// whole tells whether a run does all tasks of its units.
func (s *source) whole() bool {
	return len(s.opt.tags)+len(s.opt.skipTags) == 0 && s.opt.startAt == ""
}

func (s *source) pkiDir() string { return filepath.Join(s.home(), "files", "pki") }
