package node

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Impact says what a change does to a running system. Greater is worse.
type Impact int

// The impacts, from harmless to irreversible.
const (
	ImpactNone     Impact = iota
	ImpactReload          // a service reads its configuration again
	ImpactGap             // what only watches is down for a moment: nobody is served less, measurements have a gap
	ImpactRestart         // a service or one member of a cluster goes down for a moment
	ImpactFailover        // the leader of a cluster changes: writes stop for seconds
	ImpactDataLoss        // data goes away for good
)

var impactNames = [...]string{"none", "reload", "gap", "restart", "failover", "data loss"}

func (i Impact) String() string {
	if int(i) < len(impactNames) {
		return impactNames[i]
	}
	return fmt.Sprintf("impact(%d)", int(i))
}

// ParseImpact reads what String writes.
func ParseImpact(s string) (Impact, error) {
	for i, n := range impactNames {
		if n == s {
			return Impact(i), nil
		}
	}
	return 0, fmt.Errorf("unknown impact %q", s)
}

// Change is one thing that was written, or would be.
type Change struct {
	Kind   string `json:"kind"`             // what kind of thing: file, directory, link, user, group, package, service, role, database ...
	ID     string `json:"id"`               // which one: a path, a name
	Action string `json:"action"`           // create, update, delete, install, upgrade, start, stop, restart, reload, enable ...
	Attrs  []Attr `json:"attrs,omitempty"`  // what changes of it, besides content
	Before string `json:"before,omitempty"` // the content as it was, as text; only where Diff is wanted
	After  string `json:"after,omitempty"`
	Diff   string `json:"diff,omitempty"` // unified diff of the content, secrets masked
	Impact Impact `json:"impact"`
	// Assumed says that a plan could not see whether the thing will be there by then, and took it for absent.
	Assumed bool `json:"assumed,omitempty"`
	// Shared says that the thing belongs to a cluster, such as a role of PostgreSQL: it is the same on whichever member it is changed.
	Shared bool `json:"shared,omitempty"`
	// Makes are facts that are so once the change is made. Foreseen tells them to later tasks of a plan.
	Makes map[string]string `json:"-"`
	// Unknown says that the new content or value is known only after apply.
	Unknown bool `json:"unknown,omitempty"`
	// State is a digest of the whole content before and after, secrets included: it never leaves the machine. Sum is made of it with the key
	// of a plan: whoever has no key learns nothing from it.
	State string `json:"-"`
	Sum   string `json:"sum,omitempty"`
}

// Seal makes the Sum of a change, if there is a key, and drops what it is made of.
func (c *Change) Seal(key []byte) {
	if len(key) > 0 {
		mac := hmac.New(sha256.New, key)
		for _, part := range []string{c.Kind, c.ID, c.State} {
			fmt.Fprintf(mac, "%d:%s", len(part), part)
		}
		c.Sum = hex.EncodeToString(mac.Sum(nil))
	}
	c.State = ""
}

// stateOf digests the content of a file before and after a change.
func stateOf(old, content []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d:", len(old))
	_, _ = h.Write(old)
	_, _ = h.Write(content)
	return string(h.Sum(nil))
}

// Attr is one attribute's old and new value, as people read them.
type Attr struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// MarshalText makes an impact its name in JSON.
func (i Impact) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads it back.
func (i *Impact) UnmarshalText(b []byte) (err error) {
	*i, err = ParseImpact(string(b))
	return err
}

// Key identifies what is changed and how: the same change, planned and applied, has the same key. Whether a file, role or
// database is made or altered makes no difference: a service that starts in between may make its own first.
func (c Change) Key() string {
	action := c.Action
	if action == "create" || action == "update" {
		switch c.Kind {
		case "file", "role", "database":
			action = "write"
		}
	}
	return c.Kind + " " + c.ID + " " + action
}

// String is one line for people.
func (c Change) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", c.Action, c.Kind, c.ID)
	for i, a := range c.Attrs {
		if i == 0 {
			b.WriteString(":")
		} else {
			b.WriteString(",")
		}
		if a.Before == "" {
			fmt.Fprintf(&b, " %s %s", a.Name, a.After)
		} else {
			fmt.Fprintf(&b, " %s %s -> %s", a.Name, a.Before, a.After)
		}
	}
	return b.String()
}
