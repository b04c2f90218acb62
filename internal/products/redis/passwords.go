package redis

import (
	"pig/internal/product"
	"pig/internal/secret"
	"pig/internal/value"
)

// watchedPasswords gives entries of redis_sentinel_monitor that have no password the one of the cluster they name.
func (r *resolver) watchedPasswords(n *product.Host) {
	list, ok := n.Vars.Own("redis_sentinel_monitor").(*value.List)
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
		n.Resolved.Set("redis_sentinel_monitor", out)
	}
}

// redisPassword is the password of a Redis cluster, "" if there is none of this name.
func (r *resolver) redisPassword(cluster string) string {
	for _, n := range r.Env.Hosts {
		if c := n.Vars.Own("redis_cluster"); c != nil && value.KeyText(c) == cluster {
			return n.Vars.Text("redis_password")
		}
	}
	return ""
}
