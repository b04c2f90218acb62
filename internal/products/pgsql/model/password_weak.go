package model

import "strings"

// WeakPassword tells what passwordcheck holds against a password in the clear, "" if nothing.
func WeakPassword(user, password string) string {
	const least = 8
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
	switch {
	case IsVerifier(password):
		return ""
	case len(password) < least:
		return "is shorter than 8 characters"
	case strings.Contains(password, user):
		return "contains the user's name"
	case !strings.ContainsFunc(password, letter) || !strings.ContainsFunc(password, func(r rune) bool { return !letter(r) }):
		return "must have both letters and others"
	}
	return ""
}
