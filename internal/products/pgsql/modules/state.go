package modules

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/products/pgsql/guc"
	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// postgresState asks a running PostgreSQL whether it is what was declared: settings as the server has them, the files that it
// could not read, rules of pg_hba.conf that it does not understand. It changes nothing, and returns problems, a text each, waits,
// the same of settings that wait for a restart, and kept, of what stays as initdb made it though something else is declared.
func postgresState() module.Module {
	return module.Module{
		Name: "postgres_state",
		Spec: module.Spec{Args: append(psqlArgs(), module.Arg{Name: "settings", Type: module.Dict}, module.Arg{Name: "initdb", Type: module.Dict})}, // name -> text
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			var s pgState
			declared := map[string]string{}
			if d, ok := c.Args.Get("settings").(*value.Dict); ok {
				for k, v := range d.All() {
					declared[strings.ToLower(value.KeyText(k))] = settingText(v)
				}
			}
			if err := newPsql(c).query(ctx, "postgres", pgStateQuery(declared), &s); err != nil {
				return nil, err
			}
			choices, _ := c.Args.Get("initdb").(*value.Dict)
			return value.DictOf("problems", value.Strings(s.problems(declared)), "waits", value.Strings(s.waits()), "kept", value.Strings(s.Initdb.kept(choices)), "changed", false), nil
		},
	}
}

// pgState is what PostgreSQL says of itself.
type pgState struct {
	Version  int                  `json:"version"`
	Settings map[string]pgSetting `json:"settings"`
	Files    []pgFileError        `json:"files"`
	HBA      []pgFileError        `json:"hba"`
	HBAFile  string               `json:"hba_file"`
	Unread   bool                 `json:"unread"`
	Initdb   pgInitdb             `json:"initdb"`
}

type pgSetting struct {
	Value   string `json:"value"`
	Source  string `json:"source"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Pending bool   `json:"pending"`
}

type pgFileError struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Name  string `json:"name"`
	Error string `json:"error"`
}

// pgStateQuery asks what the server has of declared settings, and what waits. A leader that was a replica has settings of recovery that Patroni has taken
// out of its file: they wait for a restart in vain, and the view of files has them as errors without a file.
func pgStateQuery(declared map[string]string) string {
	names := make([]string, 0, len(declared))
	for n := range declared {
		names = append(names, n)
	}
	slices.Sort(names)
	return `SELECT jsonb_build_object('version', current_setting('server_version_num')::int, 'hba_file', current_setting('hba_file'),
 'settings', (SELECT jsonb_object_agg(lower(name), jsonb_build_object('value', current_setting(name), 'source', source, 'file', sourcefile, 'line', sourceline, 'pending', pending_restart))
   FROM pg_settings WHERE pending_restart AND (pg_is_in_recovery() OR name !~ '^recovery_') OR lower(name) = ANY (` + pgsql.TextArray(names) + `)),
 'files', (SELECT jsonb_agg(jsonb_build_object('file', sourcefile, 'line', sourceline, 'name', name, 'error', error)) FROM pg_file_settings WHERE error IS NOT NULL AND sourcefile IS NOT NULL),
 'hba', (SELECT jsonb_agg(jsonb_build_object('line', line_number, 'error', error)) FROM pg_hba_file_rules WHERE error IS NOT NULL),
 'initdb', ` + initdbQuery + `,
 'unread', (SELECT modification > pg_conf_load_time() FROM pg_stat_file(current_setting('hba_file'))));
`
}

// own are the sources of values that only the session of the question has.
var own = []string{"client", "session", "user", "database", "database user"}

func (s pgState) problems(declared map[string]string) (all []string) {
	for name, want := range declared {
		if strings.EqualFold(want, "DEFAULT") {
			continue
		}
		is, there := s.Settings[name]
		switch {
		case !there:
			all = append(all, fmt.Sprintf("setting %s is unknown to PostgreSQL, declared as %s", name, want))
		case slices.Contains(own, is.Source) || is.Pending || s.same(name, is.Value, want):
		case is.File != "":
			all = append(all, fmt.Sprintf("setting %s is %s from %s line %d, declared as %s", name, is.Value, is.File, is.Line, want))
		default:
			all = append(all, fmt.Sprintf("setting %s is %s (%s), declared as %s", name, is.Value, is.Source, want))
		}
	}
	for _, f := range s.Files {
		if !s.Settings[strings.ToLower(f.Name)].Pending { // PostgreSQL calls that an error too
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s line %d: %s %s", f.File, f.Line, f.Name, f.Error)))
		}
	}
	for _, f := range s.HBA {
		all = append(all, fmt.Sprintf("%s line %d: %s, so PostgreSQL continues with the previous rules", s.HBAFile, f.Line, f.Error))
	}
	if s.Unread && len(s.HBA) == 0 {
		all = append(all, fmt.Sprintf("%s has changed since PostgreSQL read %s", s.HBAFile, filepath.Base(s.HBAFile)))
	}
	slices.Sort(all)
	return all
}

func (s pgState) waits() (all []string) {
	for name, is := range s.Settings {
		if is.Pending {
			all = append(all, fmt.Sprintf("setting %s waits for a restart of PostgreSQL, and is %s until then", name, is.Value))
		}
	}
	slices.Sort(all)
	return all
}

func (s pgState) same(name, is, want string) bool {
	if setting, known := guc.Find(name, s.Version/10000); known {
		return setting.Same(is, want)
	}
	return guc.SameText(is, want) || strings.EqualFold(is, want)
}
