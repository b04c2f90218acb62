package pgsql

import (
	"strings"

	"pig/internal/params"
	"pig/internal/product"
	"pig/internal/value"
)

// backupUser is the user of MinIO that pgBackRest logs in as, where the inventory writes neither.
const backupUser = "pgbackrest"

// Written is a password that the inventory has in another place: what is written for the user that backups log in as, as a user of MinIO
// or in a repository, counts for both.
func (Product) Written(r *product.Resolver, name string) string {
	if name != "minio_user_"+backupUser {
		return ""
	}
	return backupPassword(r)
}

// Shares tells whose password a parameter is: the shards of one database are one user of etcd, and only a cluster that loads pgsodium has
// a root key.
func (Product) Shares(l product.Vars, param string, cluster value.Value) value.Value {
	switch {
	case param == "pg_etcd_password" && l.Text("pg_mode") == "citus" && l.Own("pg_shard") != nil:
		return l.Own("pg_shard")
	case param == "pgsodium_key" && !usesSodium(l):
		return nil
	}
	return cluster
}

// backupPassword is the password of the backup user that the inventory writes, as a user of MinIO or in a repository.
func backupPassword(r *product.Resolver) string {
	for _, n := range r.Env.Hosts {
		if users, ok := n.Vars.Own("minio_users").(*value.List); ok {
			for _, u := range users.Items {
				if s := fieldWhere(u, "access_key", "secret_key"); s != "" {
					return s
				}
			}
		}
		if repos, ok := n.Vars.Own("pgbackrest_repo").(*value.Dict); ok {
			for _, repo := range repos.All() {
				if s := fieldWhere(repo, "s3_key", "s3_key_secret"); s != "" {
					return s
				}
			}
		}
	}
	return ""
}

// fieldWhere is the password field of an object that belongs to the backup user.
func fieldWhere(v value.Value, user, password string) string {
	d, ok := v.(*value.Dict)
	if !ok || d.At(password) == nil || value.Str(d.At(user)) != backupUser || params.IsTemplate(d.At(password)) {
		return ""
	}
	s, _ := value.Plain(d.At(password))
	return s
}

// usesSodium tells whether a cluster loads pgsodium, which asks for a root key.
func usesSodium(l product.Vars) bool {
	for _, name := range []string{"pg_libs", "pg_extensions", "pg_databases"} {
		if v := l.Get(name); v != nil && strings.Contains(string(value.PlainJSON(v)), "pgsodium") {
			return true
		}
	}
	return false
}
