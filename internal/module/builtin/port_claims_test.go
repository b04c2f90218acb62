package builtin_test

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

func TestPortClaims(t *testing.T) {
	t.Parallel()
	const sockets = `LISTEN 0 4096 0.0.0.0:5433 0.0.0.0:* users:(("haproxy",pid=7,fd=6))
LISTEN 0 244 10.10.10.11:5432 0.0.0.0:* users:(("postgres",pid=9,fd=6))
LISTEN 0 244 [fd00::11]:5434 [::]:* users:(("postgres",pid=9,fd=7))
LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=3,fd=13))
LISTEN 0 128 *:22 *:*
`
	for name, c := range map[string]struct {
		port     int64
		ip       string
		programs []string
		want     string // what the error has in it, "" for none
	}{
		"another program has it":         {5433, "", []string{"postgres"}, "port 5433 for it is in use by haproxy, which listens on 0.0.0.0:5433"},
		"its own program has it":         {5433, "", []string{"haproxy"}, ""},
		"nobody has it":                  {6432, "", []string{"pgbouncer"}, ""},
		"all addresses, and one of them": {5432, "", []string{"haproxy"}, "in use by postgres, which listens on 10.10.10.11:5432"},
		"one address, and another one":   {5432, "10.10.10.2", []string{"haproxy"}, ""},
		"one address of IPv6":            {5434, "fd00::11", []string{"haproxy"}, "in use by postgres, which listens on [fd00::11]:5434"},
		"an address of an interface":     {53, "127.0.0.53", []string{"dnsmasq"}, "in use by systemd-resolve"},
		"ss does not tell who":           {22, "", []string{"haproxy"}, ""},
	} {
		f := &fake.Node{OnExec: func(node.Cmd) (node.Output, error) { return node.Output{Stdout: []byte(sockets)}, nil }}
		claim := value.DictOf("port", c.port, "ip", c.ip, "programs", value.Strings(c.programs), "name", "it")
		r := moduletest.Run(t, nil, f, "port_claims", value.DictOf("claims", value.NewList(claim)))
		if c.want == "" && r.Failed != "" || c.want != "" && !strings.Contains(r.Failed, c.want) {
			t.Errorf("%s: %q, want %q", name, r.Failed, c.want)
		}
	}
}
