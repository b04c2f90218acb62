package postgresql

import (
	"context"
	"regexp"
	"strconv"

	"pig/internal/module"
	"pig/internal/value"
)

// ping tells whether a server answers, and its version.
func ping() module.Module {
	return module.Module{Name: "postgresql_ping", Spec: module.Spec{Args: withLogin(nil, "db")}, Run: runPing}
}

var versionForm = regexp.MustCompile(`(\d+)(?:\.(\d+))?`)

func runPing(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	version := ""
	if err := s.ask(ctx, "SELECT to_json(version())", &version); err != nil {
		if isUnknown(err) {
			return nil, err
		}
		c.Facts.Warn("%s", err)
		return value.DictOf("is_available", false, "server_version", value.NewDict(), "conn_err_msg", err.Error()), nil
	}
	d := value.DictOf("raw", version, "full", "", "major", nil, "minor", nil)
	if m := versionForm.FindStringSubmatch(version); m != nil {
		d.Set("full", m[0])
		for i, name := range []string{"major", "minor"} {
			if n, err := strconv.ParseInt(m[i+1], 10, 64); err == nil {
				d.Set(name, n)
			}
		}
	}
	return value.DictOf("is_available", version != "", "server_version", d, "conn_err_msg", ""), nil
}
