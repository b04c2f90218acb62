package lint

import (
	"strings"
	"unicode"

	"pig/internal/value"
)

func fileRules() []Rule {
	return []Rule{
		{ID: "no-mode", Says: "A file is made, and who may read it depends on the umask: give it a mode.", task: noMode},
		{ID: "decimal-mode", Says: "A mode without a zero before it and without quotes is a decimal number, and other permissions than it seems.", task: decimalMode},
		{ID: "package-latest", Says: "What is installed depends on the day: name a version, or state present.", task: packageLatest},
	}
}

func noMode(_ *Linter, _ *File, t *task, say say) {
	makes := t.is("copy", "template", "get_url", "assemble") || t.is("file") && (t.text("state") == "directory" || t.text("state") == "touch")
	if makes && !t.args.Has("mode") {
		say(t.at(), "%s makes a file without a mode", t.action).WithHint("add mode, such as \"0644\"")
	}
}

func decimalMode(_ *Linter, f *File, t *task, say say) {
	if t.block {
		return
	}
	n, ok := t.args.At("mode").(int64)
	pos := t.args.ValuePos("mode")
	if !ok || pos.Line < 1 || pos.Line > len(f.lines) || pos.Col < 1 || pos.Col > len(f.lines[pos.Line-1]) {
		return
	}
	written := strings.TrimLeftFunc(f.lines[pos.Line-1][pos.Col-1:], unicode.IsSpace)
	if !strings.HasPrefix(written, "0") {
		say(pos, "mode %d is a decimal number", n).WithHint("write \"%04d\"", n)
	}
}

func packageLatest(_ *Linter, _ *File, t *task, say say) {
	if t.is("apt", "dnf", "yum", "package", "pip") && t.text("state") == "latest" {
		say(t.args.ValuePos("state"), "%s installs the latest version of %s", t.action, value.Display(t.args.At("name")))
	}
}
