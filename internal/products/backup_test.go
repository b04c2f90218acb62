package products

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
)

func TestBackupRepositoriesAreWhatPgBackRestTakes(t *testing.T) {
	t.Parallel()
	const text = "pg-a:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-a, pgbackrest_method: cloud, pgbackrest_repo: { cloud: { REPO } } }\n"
	const s3 = "type: s3, s3_bucket: b, s3_endpoint: s3.example.com, s3_region: r, "
	for repo, want := range map[string]string{
		"path: /data/backups, retention_full: 2, bundle: yes, block: y": "",
		s3 + "s3_key: k, s3_key_secret: Sec.Ret.123, path: /pgb":        "",
		s3 + "s3_key_type: auto":                                        "",
		s3 + "s3_key: k":                                                "backup repository cloud of type s3 lacks s3_key_secret",
		"type: s3, s3_bucket: b, s3_key_type: auto, s3_region: r":       "lacks s3_endpoint",
		"type: s4, path: /x":                                            "pgbackrest_repo[cloud].type must be one of posix, s3, azure, gcs, cifs, sftp, not 's4'",
		"path: pgb":                                                     `invalid path "pgb" of backup repository cloud: must begin with /`,
		"path: /x, retention_ful: 14":                                   "unknown field retention_ful in pgbackrest_repo[cloud] (did you mean retention_full?)",
		"path: /x, cipher_type: aes-256-cbc":                            "is encrypted and lacks cipher_pass",
		"path: /x, cipher_pass: Sec.Ret.123":                            "has a cipher_pass and no cipher_type",
		"path: /x, bundle: maybe":                                       "pgbackrest_repo[cloud].bundle must be true or false, not 'maybe'",
		"type: sftp, sftp_host: h, sftp_host_user: u":                   "lacks sftp_private_key_file",
		"type: gcs, gcs_bucket: b":                                      "lacks gcs_key",
		"type: azure, azure_account: a, azure_container: c":             "lacks azure_key",
	} {
		inv, _, err := inventory.LoadText("i.yml", []byte(strings.Replace(text, "REPO", repo, 1)), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := params.Validate(inv, product.Checks(All())...).Err(); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %s, want %s", repo, got, want)
		}
		if want != "" && !strings.Contains(got, "i.yml:3:") {
			t.Errorf("%s: no place in %s", repo, got)
		}
	}
}
