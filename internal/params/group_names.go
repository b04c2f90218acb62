package params

import (
	"strings"

	"pig/internal/diag"
)

// groupNames checks the names of groups: -l and hosts: of plays have a use for many marks, so a group with one could not be named there,
// and Ansible refuses or warns of others.
func (v *Validator) groupNames() {
	const rule = "name the group with letters, digits, _, - and ."
	for _, g := range v.Inv.Groups() {
		name := g.Name
		switch bad := strings.IndexFunc(name, badInGroup); {
		case name == "":
			v.Add(diag.Errorf(g.Pos, "a group without a name").WithHint(rule))
		case bad >= 0 && strings.ContainsAny(name, " \t,:;&!?*[]\n"), strings.ContainsAny(name[:1], "~@-"):
			v.Add(diag.Errorf(g.Pos, "invalid group name %q: patterns such as -l cannot select the group", name).WithHint(rule))
		case bad >= 0:
			v.Add(diag.Warnf(g.Pos, "group name %q has a character that Ansible warns about", name).WithHint(rule))
		}
	}
}

func badInGroup(c rune) bool {
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	return !letter && !strings.ContainsRune("_-.", c)
}
