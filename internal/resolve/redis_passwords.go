package resolve

import (
	"pig/internal/secret"
	"pig/internal/value"
)

// watchedPasswords gives entries of redis_sentinel_monitor that have no password the one of the cluster they name.
func (r *redisResolver) watchedPasswords(n *Node) {
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
func (r *redisResolver) redisPassword(cluster string) string {
	for _, n := range r.env.Nodes {
		if c := n.vars.own("redis_cluster"); c != nil && value.KeyText(c) == cluster {
			return n.vars.text("redis_password")
		}
	}
	return ""
}
