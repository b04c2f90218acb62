package redis

import (
	"pig/internal/diag"
	"pig/internal/params"
)

// template is the configuration template that comes with pig; others are somebody's own.
const template = "redis.conf"

// Validate checks what an inventory says of it.
func (Product) Validate(v *params.Validator) {
	for _, h := range v.Inv.Hosts() {
		if v.Inv.Vars(h).Has("redis_port") {
			v.Add(diag.Errorf(v.Where(h, "redis_port"), "redis_port is an argument that selects an instance, not a parameter of an inventory").
				WithHint("remove the line: the keys of redis_instances are the ports of instances"))
		}
	}
	for _, c := range v.Clusters("redis_cluster") {
		for _, h := range c.Hosts {
			v.ClaimPorts(h, "redis_instances", "a Redis instance")
			if s, ok := v.Inv.Vars(h).At("redis_conf").(string); ok && s != template && (s+".conf" == template || diag.Nearest(s, []string{template}) != "") {
				v.Add(diag.Errorf(v.Where(h, "redis_conf"), "unknown configuration template %s", s).WithHint("did you mean %s?", template))
			}
		}
	}
}
