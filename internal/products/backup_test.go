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
		"path: /x, retention_full: 0":                                   "pgbackrest_repo[cloud].retention_full must be from 1 to 9999999, not 0",
		"path: /x, retention_diff: 0":                                   "pgbackrest_repo[cloud].retention_diff must be from 1 to 9999999, not 0",
		"path: /x, retention_archive: -1":                               "pgbackrest_repo[cloud].retention_archive must be from 1 to 9999999, not -1",
		"path: /x, retention_history: 10000000":                         "pgbackrest_repo[cloud].retention_history must be from 0 to 9999999, not 10000000",
		"path: /x, retention_history: 0":                                "",
		"path: /x, block: true":                                         "backup repository cloud has block without bundle",
		"path: /x, block: true, bundle: n":                              "backup repository cloud has block without bundle",
		"path: /x, block: false":                                        "",
		"path: /x, bundle: y, bundle_size: 1.5GB":                       "invalid bundle_size \"1.5GB\" of backup repository cloud",
		"path: /x, bundle: y, bundle_limit: 20 MiB":                     "invalid bundle_limit \"20 MiB\" of backup repository cloud",
		"path: /x, bundle: y, bundle_limit: 2097152, bundle_size: 1g":   "",
		"type: gcs, gcs_bucket: b":                                      "lacks gcs_key",
		"type: azure, azure_account: a, azure_container: c":             "lacks azure_key",
	} {
		inv, _, err := inventory.LoadText("i.yml", []byte(withEtcd(strings.Replace(text, "REPO", repo, 1))), inventory.Options{})
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
