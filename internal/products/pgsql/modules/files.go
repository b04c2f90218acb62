package modules

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// postgresFiles tells what PostgreSQL cannot take of its rules: with one wrong rule it keeps all that it had, and says so in its log
// only. Settings are not judged here: what the server does not take of those of before is mended by those that come after (postgresState). Patroni writes the rules some time after it was told to (reloaded): until they are there, up to timeout seconds, there is nothing
// to judge. So a plan judges only rules that are there already.
func postgresFiles() module.Module {
	return module.Module{
		Name: "postgres_files",
		Spec: module.Spec{Args: append(psqlArgs(),
			module.Arg{Name: "rules", Type: module.List, Elements: module.Str}, module.Arg{Name: "reloaded", Type: module.Bool}, module.Arg{Name: "timeout", Type: module.Int, Default: int64(30)},
		)},
		Run: runPostgresFiles,
	}
}

const filesSQL = `SELECT jsonb_build_object('rules', pg_read_file(current_setting('hba_file')), 'wrong', (SELECT coalesce(jsonb_agg(w), '[]') FROM (
SELECT current_setting('hba_file') AS file, line_number AS line, error FROM pg_hba_file_rules WHERE error IS NOT NULL) w));`

type wrongLine struct {
	File  string
	Line  int
	Error string
}

func runPostgresFiles(ctx context.Context, c *module.Call) (*value.Dict, error) {
	p := newPsql(c)
	var found struct {
		Rules string
		Wrong []wrongLine
	}
	reloaded := c.Args.Bool("reloaded")
	limit := time.Duration(0)
	if reloaded {
		limit = time.Duration(c.Args.Int("timeout")) * time.Second
	}
	unchecked := func() { c.Facts.Warn("HBA rules not checked: Patroni has not written the rules yet") }
	err := c.System.Await(ctx, node.Wait{
		Limit: limit,
		Met: func(ctx context.Context) error {
			found.Rules, found.Wrong = "", nil
			if err := p.query(ctx, "postgres", filesSQL, &found); err != nil {
				return err
			}
			if !hasRules(found.Rules, c.Args.Strings("rules")) {
				found.Wrong = nil // of rules that are on their way out
				return errNoRules
			}
			return nil
		},
		Late: func(_ context.Context, why error) error {
			if reloaded || !errors.Is(why, errNoRules) {
				unchecked()
			}
			return nil
		},
		Assume: func(why error) {
			if !errors.Is(why, errNoRules) && !errors.Is(why, node.ErrUnknown) {
				unchecked()
			}
		},
	})
	if err == nil && len(found.Wrong) > 0 {
		err = refusedLines(found.Rules, found.Wrong)
	}
	if err != nil {
		return nil, err
	}
	return value.DictOf("changed", false), nil
}

var errNoRules = errors.New("rules not found")

// hasRules tells whether a file has all rules; those that are comments need not be there.
func hasRules(text string, rules []string) bool {
	there := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		there[strings.Join(strings.Fields(line), " ")] = true
	}
	for _, r := range rules {
		if r = strings.Join(strings.Fields(r), " "); r != "" && !strings.HasPrefix(r, "#") && !there[r] {
			return false
		}
	}
	return true
}

func refusedLines(rules string, wrong []wrongLine) error {
	lines := []string{"PostgreSQL rejected its configuration files and continues with the previous configuration:"}
	for _, w := range wrong {
		line := fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Error)
		if text, ok := module.LineOf([]byte(rules), w.Line); ok && strings.HasSuffix(w.File, "pg_hba.conf") {
			line += ": " + strings.Join(strings.Fields(text), " ")
		}
		lines = append(lines, line)
	}
	return &module.Failure{Msg: strings.Join(lines, "\n"), Values: value.DictOf("wrong", int64(len(wrong)))}
}
