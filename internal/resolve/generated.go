package resolve

import (
	"strings"

	"pig/internal/params"
	"pig/internal/secret"
	"pig/internal/value"
)

// backupUser is the user of MinIO that pgBackRest logs in as, where the inventory writes neither.
const backupUser = "pgbackrest"

// generate puts the generated passwords of the environment into the defaults. Without somebody who keeps passwords the
// parameters stay unset.
func (r *resolver) generate() {
	if r.options.Password != nil {
		params.Generate(r.defaults, r.everywhere, r.password)
	}
}

// everywhere tells whether the inventory writes a parameter for each host.
func (r *resolver) everywhere(param string) bool {
	for _, n := range r.env.Nodes {
		if n.vars.own(param) == nil {
			return false
		}
	}
	return len(r.env.Nodes) > 0
}

// password is the generated one of this name, but for the one that two parameters share: what is written in one of them counts
// for the other.
func (r *resolver) password(name string) string {
	if name == "minio_user_"+backupUser {
		if s := r.backupPassword(); s != "" {
			return s
		}
	}
	return r.options.Password(name)
}

// backupPassword is the password of the backup user that the inventory writes, as a user of MinIO or in a repository.
func (r *resolver) backupPassword() string {
	for _, n := range r.env.Nodes {
		if users, ok := n.vars.own("minio_users").(*value.List); ok {
			for _, u := range users.Items {
				if s := fieldWhere(u, "access_key", "secret_key"); s != "" {
					return s
				}
			}
		}
		if repos, ok := n.vars.own("pgbackrest_repo").(*value.Dict); ok {
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

// generated is the password of a parameter that each cluster has its own of, "" if it is not such a one, if the host is in no
// such cluster, or if the inventory writes one.
func (l lookup) generated(name string) string {
	p := params.Lookup(name)
	if p == nil || p.Generated == "" || p.Generated == params.PerEnvironment || l.r.options.Password == nil || l.written(p) {
		return ""
	}
	cluster := l.own(p.Generated)
	if name == "pg_etcd_password" && l.text("pg_mode") == "citus" && l.own("pg_shard") != nil {
		cluster = l.own("pg_shard") // the shards are one user of etcd
	}
	if cluster == nil || params.IsTemplate(cluster) || name == "pgsodium_key" && !l.usesSodium() {
		return ""
	}
	return l.r.options.Password(value.KeyText(cluster) + "." + p.Name)
}

// usesSodium tells whether a cluster loads pgsodium, which asks for a root key.
func (l lookup) usesSodium() bool {
	for _, name := range []string{"pg_libs", "pg_extensions", "pg_databases"} {
		if v := l.get(name); v != nil && strings.Contains(string(value.PlainJSON(v)), "pgsodium") {
			return true
		}
	}
	return false
}

// written tells whether the inventory says what the password is.
func (l lookup) written(p *params.Param) bool {
	v := l.own(p.Name)
	s, isText := value.Plain(v)
	return v != nil && (!isText || s != "" || !p.BlankUnset)
}

// clusterPasswords keeps what was generated for the clusters of each node, and the passwords of primaries that sentinels watch.
func (r *resolver) clusterPasswords() {
	for _, p := range params.Load().Params {
		if p.Generated == "" || p.Generated == params.PerEnvironment {
			continue
		}
		for _, n := range r.env.Nodes {
			if s := n.vars.generated(p.Name); s != "" {
				n.resolved.Set(p.Name, s)
			}
		}
	}
	for _, n := range r.env.Nodes {
		r.watchedPasswords(n)
	}
}

// watchedPasswords gives entries of redis_sentinel_monitor that have no password the one of the cluster they name.
func (r *resolver) watchedPasswords(n *Node) {
	list, ok := n.vars.own("redis_sentinel_monitor").(*value.List)
	if !ok {
		return
	}
	out, changed := &value.List{At: list.At}, false
	for _, item := range list.Items {
		d, isDict := item.(*value.Dict)
		if isDict && !d.Has("password") {
			if s := r.redisPassword(value.Str(d.At("name"))); s != "" {
				d, changed = d.Clone(), true
				d.Set("password", secret.New(s))
			}
		}
		if isDict {
			item = d
		}
		out.Items = append(out.Items, item)
	}
	if changed {
		n.resolved.Set("redis_sentinel_monitor", out)
	}
}

// redisPassword is the password of a Redis cluster, "" if there is none of this name.
func (r *resolver) redisPassword(cluster string) string {
	for _, n := range r.env.Nodes {
		if c := n.vars.own("redis_cluster"); c != nil && value.KeyText(c) == cluster {
			return n.vars.text("redis_password")
		}
	}
	return ""
}
