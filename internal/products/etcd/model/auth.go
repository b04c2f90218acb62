package model

import (
	"encoding/base64"
	"slices"
)

// Root is the user, and the role, that may do everything.
const Root = "root"

// User is a user as declared: with a role of the same name, which may read and write all keys that begin with a prefix.
type User struct {
	Name     string
	Password string
	Prefixes []string
	Absent   bool
}

// Permission is what a role may do with keys from Key to RangeEnd, both in base64. "" is READ, as the gateway leaves it out.
type Permission struct {
	Type     string `json:"permType,omitempty"`
	Key      string `json:"key"`
	RangeEnd string `json:"range_end"`
}

// ReadWrite is the permission for all keys that begin with prefix.
func ReadWrite(prefix string) Permission {
	return Permission{"READWRITE", b64(prefix), b64(PrefixEnd(prefix))}
}

// PrefixEnd is the first key after all that begin with prefix: "\x00" stands for the end of all keys.
func PrefixEnd(prefix string) string {
	end := []byte(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return string(end[:i+1])
		}
	}
	return "\x00"
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// Account is what a live user or role is made of.
type Account struct {
	Exists      bool
	Roles       []string     // of a user
	Permissions []Permission // of a role
}

// Call is one request that makes the live accounts more like the declared ones.
type Call struct {
	Path string // below /v3/auth/
	Body map[string]any
	// Kind, Name, Action and Detail tell people what it does.
	Kind, Name, Action, Detail string
}

// PlanUser compares a declared user with the live user and role of that name. knows tells whether the live user has the
// declared password.
func PlanUser(u User, user, role Account, knows bool) []Call {
	if u.Absent {
		return planAbsent(u.Name, user, role)
	}
	var calls []Call
	if !role.Exists {
		calls = append(calls, Call{"role/add", map[string]any{"name": u.Name}, "etcd role", u.Name, "create", ""})
	}
	for _, prefix := range u.Prefixes {
		perm := ReadWrite(prefix)
		if !slices.Contains(role.Permissions, perm) {
			calls = append(calls, Call{"role/grant", map[string]any{"name": u.Name, "perm": perm}, "etcd role", u.Name, "grant", prefix})
		}
	}
	switch {
	case !user.Exists:
		calls = append(calls, Call{"user/add", map[string]any{"name": u.Name, "password": u.Password}, "etcd user", u.Name, "create", ""})
	case !knows:
		calls = append(calls, ChangePassword(u.Name, u.Password))
	}
	if !slices.Contains(user.Roles, u.Name) {
		calls = append(calls, Call{"user/grant", map[string]any{"user": u.Name, "role": u.Name}, "etcd user", u.Name, "grant", "role " + u.Name})
	}
	return calls
}

func planAbsent(name string, user, role Account) []Call {
	var calls []Call
	if user.Exists {
		calls = append(calls, DeleteUser(name))
	}
	if role.Exists {
		calls = append(calls, Call{"role/delete", map[string]any{"role": name}, "etcd role", name, "delete", ""})
	}
	return calls
}

// ChangePassword is the call that gives a user another password.
func ChangePassword(name, password string) Call {
	return Call{"user/changepw", map[string]any{"name": name, "password": password}, "etcd user", name, "update", "password"}
}

// DeleteUser is the call that removes a user.
func DeleteUser(name string) Call {
	return Call{"user/delete", map[string]any{"name": name}, "etcd user", name, "delete", ""}
}

// Enable is the call after which nobody does anything without a password.
func Enable() Call {
	return Call{"enable", map[string]any{}, "etcd", "authentication", "enable", ""}
}
