package products

import (
	"strings"
	"testing"

	"pig/internal/params"
	"pig/internal/product"
)

func TestTimesAreThoseOfTheirPrograms(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"cert_validity: 12h":              "cert_validity must be whole days, at least one, such as 397d, not '12h'",
		"nginx_cert_validity: 0d":         "nginx_cert_validity must be whole days",
		"cert_validity: 397":              "",
		"haproxy_client_timeout: 30d":     "haproxy_client_timeout must be a time with us, ms, s, m, h or d, such as 30s or 24h, of at most 24 days, not '30d'",
		"haproxy_server_timeout: 5min":    "haproxy_server_timeout must be a time",
		"vmetrics_scrape_interval: 10sec": "vmetrics_scrape_interval must be a time with ms, s, m, h or d",
		"pg_delay: 1h":                    "",
		"pg_delay: 0":                     "",
		"pg_delay: 1 hour":                `pg_delay must be a whole number with a unit of us, ms, s, min, h, d, or of ms without one: unknown unit "hour", not '1 hour'`,
		"pg_delay: soon":                  "pg_delay must be a whole number with a unit",
		"redis_cluster: r, redis_node: 1, redis_instances: { 6379: }, redis_conf: redis":      "unknown configuration template redis (did you mean redis.conf?)",
		"redis_cluster: r, redis_node: 1, redis_instances: { 6379: }, redis_conf: reds.conf":  "unknown configuration template reds.conf (did you mean redis.conf?)",
		"redis_cluster: r, redis_node: 1, redis_instances: { 6379: }, redis_conf: mine.conf":  "",
		"redis_cluster: r, redis_node: 1, redis_instances: { 6379: }, redis_conf: redis.conf": "",
	} {
		text := "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary, pg_cluster: pg-t, " + said + " } }\n"
		if got := lines(params.Validate(loadText(t, withEtcd(text)), product.Checks(All())...)); want == "" && got != "" || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
