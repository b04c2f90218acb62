package diag

import (
	"regexp"
	"strings"
)

var (
	verbs    = regexp.MustCompile(`%[-+# 0-9.*\[\]]*[a-zA-Z%]`)
	nonWords = regexp.MustCompile(`[^a-z0-9]+`)
)

// ruleWords bounds a rule's name.
const ruleWords = 8

// Rule names the kind of mistake, the same for all values and places: unknown-parameter. It is made of the words of the message that are
// always there.
func (d *Diagnostic) Rule() string {
	if d.rule != "" {
		return d.rule
	}
	text := strings.ToLower(verbs.ReplaceAllString(d.form, " "))
	words := strings.Fields(nonWords.ReplaceAllString(text, " "))
	if len(words) == 0 {
		return "other"
	}
	return strings.Join(words[:min(len(words), ruleWords)], "-")
}
