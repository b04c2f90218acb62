package lint

import (
	"strings"

	"pig/internal/value"
)

func formRules() []Rule {
	return []Rule{
		{ID: "deprecated-include", Says: "include: is gone: import_tasks reads at the start, include_tasks when its task is reached.", Fails: true, task: deprecatedInclude},
		{ID: "deprecated-loop", Says: "with_ is an older form of loop:.", task: deprecatedLoop},
		{ID: "local-action", Says: "local_action is an older form of delegate_to: localhost.", task: localAction},
		{ID: "unnamed-task", Says: "A task without a name cannot be told from others in a log.", task: unnamedTask},
		{ID: "ignored-errors", Says: "All failures are ignored, also those that nobody has thought of: say with failed_when which are none.", task: ignoredErrors},
	}
}

func deprecatedInclude(_ *Linter, _ *File, t *task, say say) {
	if t.is("include") {
		say(t.at(), "include is gone").WithHint("use import_tasks or include_tasks")
	}
}

func deprecatedLoop(_ *Linter, _ *File, t *task, say say) {
	for k := range t.All() {
		if name := value.KeyText(k); strings.HasPrefix(name, "with_") {
			say(t.KeyPos(k), "%s is an older form of loop", name)
		}
	}
}

func localAction(_ *Linter, _ *File, t *task, say say) {
	if t.Has("local_action") {
		say(t.KeyPos("local_action"), "local_action is an older form").WithHint("write the module as usual, and delegate_to: localhost")
	}
}

func unnamedTask(_ *Linter, _ *File, t *task, say say) {
	if !t.block && t.action != "" && !t.is("meta", "import_tasks", "import_role") && !t.Has("name") {
		say(t.at(), "a task of %s has no name", t.action)
	}
}

func ignoredErrors(_ *Linter, _ *File, t *task, say say) {
	v := t.At("ignore_errors")
	if text, ok := v.(string); v == true || ok && (strings.EqualFold(text, "true") || strings.EqualFold(text, "yes")) {
		say(t.KeyPos("ignore_errors"), "all errors are ignored").WithHint("say with failed_when what fails")
	}
}
