package lint

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/playbook"
	"pig/internal/value"
)

func templateRules() []Rule {
	return []Rule{
		{ID: "jinja-syntax", Says: "A template or condition cannot be read as Jinja2.", Fails: true, text: jinjaSyntax},
		{ID: "condition-braces", Says: "A condition is an expression already: braces around it render it twice.", text: conditionBraces},
		{ID: "constant-condition", Says: "The condition is never true: the task never runs.", task: constantCondition},
		{ID: "bare-variable", Says: "A condition that is only a variable whose value is neither true nor false fails, or depends on what counts as true.", task: bareVariable},
		{ID: "undefined-register", Says: "The result of a task is used, and no task registers it.", Fails: true, text: undefinedRegister},
	}
}

// conditionKeys are keywords whose texts are expressions.
var conditionKeys = []string{"when", "changed_when", "failed_when", "until", "that", "break_when"}

func jinjaSyntax(l *Linter, _ *File, key, text string, pos diag.Pos, say say) {
	var err error
	if slices.Contains(conditionKeys, key) && !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		err = l.Templates.CheckExpression(text, pos)
	} else {
		err = l.Templates.CheckText(text, pos)
	}
	if err == nil || strings.TrimSpace(text) == "" {
		return
	}
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		if d.Pos.Known() {
			pos = d.Pos
		}
		say(pos, "%s", d.Summary).Hint = d.Hint
		return
	}
	say(pos, "%s", err)
}

func conditionBraces(_ *Linter, _ *File, key, text string, pos diag.Pos, say say) {
	if slices.Contains(conditionKeys, key) && (strings.Contains(text, "{{") || strings.Contains(text, "{%")) {
		say(pos, "%s has braces around its expression", key).WithHint("write the names as they are: %s: x == y", key)
	}
}

// conditions are the conditions of a task with their places.
func (t *task) conditions(show func(v value.Value, pos diag.Pos)) {
	if l, ok := t.At("when").(*value.List); ok {
		for i, v := range l.Items {
			show(v, l.Pos(i))
		}
	} else if t.Has("when") {
		show(t.At("when"), t.ValuePos("when"))
	}
}

func constantCondition(_ *Linter, _ *File, t *task, say say) {
	t.conditions(func(v value.Value, pos diag.Pos) {
		text, _ := v.(string)
		if v == false || slices.Contains([]string{"false", "no", "0", "none"}, strings.ToLower(strings.TrimSpace(text))) {
			say(pos, "the condition %s is never true", value.Display(v)).WithHint("remove the task, or give it the tag never")
		}
	})
}

func bareVariable(l *Linter, f *File, t *task, say say) {
	t.conditions(func(v value.Value, pos diag.Pos) {
		text, ok := v.(string)
		words := []string{"true", "false", "none", "yes", "no"}
		_, constant := l.makes(f, text)
		if ok && constant && playbook.IsVariable(text) && !slices.Contains(words, strings.ToLower(text)) {
			say(pos, "the condition is only %s, which is neither true nor false", text).WithHint("compare it, or write %s | bool", text)
		}
	})
}

// resultForms are uses of a variable that only the result of a task can have.
var resultForms = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|[^\w.'"\]])([a-zA-Z_]\w*)\s+is\s+(?:not\s+)?(?:changed|failed|succeeded|success|skipped|unreachable)\b`),
	regexp.MustCompile(`(?:^|[^\w.'"\]/-])([a-zA-Z_]\w*)\.(?:rc|stdout|stderr|stdout_lines|stderr_lines)\b`),
}

func undefinedRegister(l *Linter, f *File, key, text string, pos diag.Pos, say say) {
	if !slices.Contains(conditionKeys, key) {
		return
	}
	for _, form := range resultForms {
		for _, m := range form.FindAllStringSubmatch(text, -1) {
			name := m[1]
			if made, _ := l.makes(f, name); !made && !strings.HasPrefix(name, "ansible_") && name != "item" && name != "not" && name != "result" {
				say(pos, "no task registers %s", name)
			}
		}
	}
}
