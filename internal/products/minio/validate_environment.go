package minio

import (
	"regexp"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
)

// environmentLine is a line of an environment file as systemd reads it.
var environmentLine = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// decided are the variables that parameters decide.
var decided = map[string]string{
	"MINIO_ROOT_USER": "minio_access_key", "MINIO_ROOT_PASSWORD": "minio_secret_key", "MINIO_ACCESS_KEY": "minio_access_key", "MINIO_SECRET_KEY": "minio_secret_key",
	"MINIO_VOLUMES": "minio_data", "MINIO_OPTS": "minio_port and minio_admin_port",
}

// environment checks the lines that go into MinIO's environment as they are: systemd passes over what it does not understand, and the last
// line of a name counts.
func (v *validator) environment(c *params.Cluster) {
	text, ok := v.Inv.Vars(c.Hosts[0]).At("minio_extra_vars").(string)
	if !ok || params.IsTemplate(text) {
		return
	}
	goesOn := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		name, _, _ := strings.Cut(line, "=")
		switch {
		case goesOn, line == "", line[0] == '#', line[0] == ';':
		case !environmentLine.MatchString(line):
			v.Add(diag.Errorf(v.Where(c.Hosts[0], "minio_extra_vars"), "invalid line in minio_extra_vars: want NAME=value"))
		case decided[name] != "":
			v.Add(diag.Errorf(v.Where(c.Hosts[0], "minio_extra_vars"), "invalid variable %s in minio_extra_vars: %s decides it", name, decided[name]))
		}
		goesOn = strings.HasSuffix(line, `\`)
	}
}
