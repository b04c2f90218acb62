package engine

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"pig/internal/diag"
)

// words are an error's as Ansible has them: without the place and the hint, which are told beside.
func words(err error) string {
	var arg *argumentError
	if errors.As(err, &arg) {
		return fmt.Sprintf("Finalization of task args for '%s' failed: Error while resolving value for '%s': %s", arg.action, arg.name, words(arg.err))
	}
	var worded *wordedError
	if errors.As(err, &worded) {
		return worded.text
	}
	var condition *conditionError
	if errors.As(err, &condition) {
		text := words(condition.error)
		if strings.HasPrefix(text, "Conditional result") || strings.HasPrefix(text, "Syntax error") {
			return text
		}
		return "Error while evaluating conditional: " + text
	}
	var list diag.List
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Summary
	}
	var one *diag.Diagnostic
	if errors.As(err, &one) {
		return capitalised(one.Summary)
	}
	return capitalised(err.Error())
}

// conditionError is a condition that cannot be evaluated.
type conditionError struct{ error }

func (c *conditionError) Unwrap() error { return c.error }

// beginnings are those of messages that Ansible begins with a capital.
var beginnings = []string{"syntax error in template", "the lookup plugin", "the filter plugin", "the test plugin", "lookup plugin"}

// builtIn is the name of a filter or test, which Ansible gives in full.
var builtIn = regexp.MustCompile(`(filter|test) plugin '([a-z0-9_]+)'`)

func capitalised(text string) string {
	text = builtIn.ReplaceAllString(text, "$1 plugin 'ansible.builtin.$2'")
	for _, b := range beginnings {
		if strings.HasPrefix(text, b) {
			return strings.ToUpper(text[:1]) + text[1:]
		}
	}
	return text
}
