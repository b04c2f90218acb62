package minio

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
	"pig/internal/params"
	"pig/internal/value"
)

// validator checks what an inventory says of MinIO.
type validator struct{ *params.Validator }

// Validate checks what an inventory says of it.
func (Product) Validate(core *params.Validator) {
	v := &validator{core}
	for _, c := range v.Clusters("minio_cluster") {
		v.contiguous(c)
		v.root(c)
		v.environment(c)
		v.minioUsers(v.Inv.Vars(c.Hosts[0]))
	}
}

// builtinPolicies are those that MinIO has by itself.
var builtinPolicies = []string{"consoleAdmin", "diagnostics", "readonly", "readwrite", "writeonly"}

// minioUsers warns of policies that nobody makes, a bucket's being named after it, and refuses names and passwords that MinIO does.
func (v *validator) minioUsers(vars *value.Dict) {
	known := slices.Clone(builtinPolicies)
	for _, b := range params.Objects(vars, "minio_buckets") {
		known = append(known, value.Str(b.At("name")))
	}
	for _, u := range params.Objects(vars, "minio_users") {
		v.accessKey("access_key", u.At("access_key"), u.ValuePos("access_key"))
		if root, _ := value.Plain(params.OrDefault(vars.At("minio_access_key"), "minio_access_key")); root != "" && value.Str(u.At("access_key")) == root {
			v.Add(diag.Errorf(u.ValuePos("access_key"), "invalid access_key %q: this is the name of the root user", root).WithHint("choose another name, or another minio_access_key"))
		}
		if s, ok := value.Plain(u.At("secret_key")); ok && len(s) < 8 && !params.IsTemplate(s) {
			v.Add(diag.Errorf(u.ValuePos("secret_key"), "the secret_key of %s is too short", value.Str(u.At("access_key"))).WithHint("write at least 8 characters"))
		}
		if policy, ok := u.At("policy").(string); ok && !slices.Contains(known, policy) && !params.IsTemplate(policy) {
			v.Add(diag.Warnf(u.ValuePos("policy"), "bucket %[2]q of the policy of user %[1]s not found in minio_buckets", value.Str(u.At("access_key")), policy).
				WithHint("%s", diag.DidYouMean(policy, known)))
		}
	}
}

// accessKey refuses the name of a user that MinIO does not take.
func (v *validator) accessKey(name string, val value.Value, pos diag.Pos) {
	s, ok := value.Plain(val)
	switch {
	case !ok || params.IsTemplate(s):
	case len(s) < 3:
		v.Add(diag.Errorf(pos, "%s %q is too short", name, s).WithHint("write at least 3 characters"))
	case strings.ContainsAny(s, "=,"):
		v.Add(diag.Errorf(pos, "invalid %s %q: must not contain = or ,", name, s))
	case strings.TrimSpace(s) != s:
		v.Add(diag.Errorf(pos, "invalid %s %q: must not begin or end with a space", name, s))
	}
}

// root refuses the root user's name and password where MinIO does: it would not start with them.
func (v *validator) root(c *params.Cluster) {
	vars := v.Inv.Vars(c.Hosts[0])
	where := func(name string) diag.Pos { return v.Where(c.Hosts[0], name) }
	v.accessKey("minio_access_key", vars.At("minio_access_key"), where("minio_access_key"))
	if s, ok := value.Plain(vars.At("minio_secret_key")); ok && len(s) < 8 && !params.IsTemplate(s) {
		v.Add(diag.Errorf(where("minio_secret_key"), "minio_secret_key is too short").WithHint("write at least 8 characters, or leave it out: pig generates one"))
	}
}

// contiguous checks that a MinIO cluster of several nodes is numbered without gaps: its volumes are given as a range.
func (v *validator) contiguous(c *params.Cluster) {
	var seqs []int
	for _, h := range c.Hosts {
		if n, ok := params.ToInt(v.Inv.Vars(h).At("minio_seq")); ok {
			seqs = append(seqs, int(n))
		}
	}
	slices.Sort(seqs)
	if len(seqs) > 1 && seqs[len(seqs)-1]-seqs[0] != len(seqs)-1 && len(slices.Compact(slices.Clone(seqs))) == len(seqs) {
		v.Add(diag.Errorf(v.Where(c.Hosts[0], "minio_cluster"), "minio_seq of minio_cluster %s has gaps: %s", c.Name, fmt.Sprint(seqs)).
			WithHint("number the nodes from %d to %d", seqs[0], seqs[0]+len(seqs)-1))
	}
}
