package pgsql

import (
	"regexp"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// repoNeeds are the options without which pgBackRest refuses a kind of storage, and those of them that another option makes
// superfluous (pgBackRest 2.55, "Repository Options").
var repoNeeds = map[string]struct {
	always  []string
	keyType string   // the option that says where credentials come from
	keys    []string // needed where it says so, or says nothing
	given   string   // what it says where keys are needed
}{
	"s3":    {always: []string{"s3_bucket", "s3_endpoint", "s3_region"}, keyType: "s3_key_type", given: "shared", keys: []string{"s3_key", "s3_key_secret"}},
	"azure": {always: []string{"azure_account", "azure_container"}, keyType: "azure_key_type", given: "shared", keys: []string{"azure_key"}},
	"gcs":   {always: []string{"gcs_bucket"}, keyType: "gcs_key_type", given: "service", keys: []string{"gcs_key"}},
	"sftp":  {always: []string{"sftp_host", "sftp_host_user", "sftp_private_key_file", "sftp_host_key_hash_type"}},
}

// backupRepo checks the repository that backups go to: pgBackRest would refuse each command, and no backup would be made.
func (v *validator) backupRepo(name string, repo *value.Dict, pos diag.Pos) {
	at := func(option string) diag.Pos {
		if p := repo.ValuePos(option); p.Known() {
			return p
		}
		return pos
	}
	text := func(option string) string {
		s, _ := value.Plain(repo.At(option))
		return s
	}
	kind := text("type")
	needs := repoNeeds[kind]
	required := needs.always
	if how := text(needs.keyType); needs.keyType != "" && (how == "" || how == needs.given) {
		required = append(append([]string(nil), required...), needs.keys...)
	}
	for _, option := range required {
		if !repo.Has(option) {
			v.Add(diag.Errorf(pos, "backup repository %s of type %s lacks %s", name, kind, option))
		}
	}
	if path := text("path"); path != "" && !strings.HasPrefix(path, "/") && !params.IsTemplate(path) && !strings.Contains(path, "${") {
		v.Add(diag.Errorf(at("path"), "invalid path %q of backup repository %s: must begin with /", path, name))
	}
	v.bundles(name, repo, at, text)
	encrypted := text("cipher_type") != "" && text("cipher_type") != "none"
	switch {
	case encrypted && text("cipher_pass") == "" && !value.IsUnknown(repo.At("cipher_pass")):
		v.Add(diag.Errorf(at("cipher_type"), "backup repository %s is encrypted and lacks cipher_pass", name))
	case !encrypted && repo.Has("cipher_pass"):
		v.Add(diag.Errorf(at("cipher_pass"), "backup repository %s has a cipher_pass and no cipher_type: backups would not be encrypted", name).
			WithHint("write cipher_type: aes-256-cbc"))
	}
}

// repoSize is a size as pgBackRest reads one: a whole number, and no blank before the unit.
var repoSize = regexp.MustCompile(`(?i)^\d+(?:(?:[kmgtp]i?)?b|[kmgtp])?$`)

// bundles checks how files are put together.
func (v *validator) bundles(name string, repo *value.Dict, at func(option string) diag.Pos, text func(option string) string) {
	if params.ToBool(repo.At("block")) && !params.ToBool(repo.At("bundle")) && !params.IsTemplate(repo.At("bundle")) {
		v.Add(diag.Errorf(at("block"), "backup repository %s has block without bundle: pgBackRest supports block incremental backups only with bundles", name).
			WithHint("write bundle: true"))
	}
	for _, option := range []string{"bundle_limit", "bundle_size"} {
		if size := text(option); size != "" && !params.IsTemplate(size) && !repoSize.MatchString(size) {
			v.Add(diag.Errorf(at(option), "invalid %s %q of backup repository %s: want a whole number and a unit, such as 20MiB", option, size, name))
		}
	}
}
