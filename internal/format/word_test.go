package format

import "testing"

func TestGuardsOfWhatHasNoQuotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		write Serializer
		takes []string
		not   []string
	}{
		{Word, []string{"5432", "10.0.0.1", "::1", "10.0.0.0/8", "pg-test-1", "Asia/Shanghai", "net.ipv4.conf.*.x", "30s"}, []string{"", "a b", "a\nb", "80;", "a\tb", "a'b", "{x}", "$x", "a\x00"}},
		{Account, []string{"postgres", "svc_pg-1"}, []string{"", "ALL", "a b", "a\nb", "%x", "#0", "+x", "a,b", "a:b", "1a", "dba ALL=(ALL) ALL #"}},
		{Line, []string{"", "a b # c", "a\n"}, []string{"a\nb", "a\rb", "a\x1bb", "a\x00"}},
		{ChronySource, []string{"pool pool.ntp.org iburst", " server 10.0.0.1 "}, []string{"", "server", "allow 0.0.0.0/0", "pool a\nallow", "include /x"}},
	} {
		for _, s := range c.takes {
			if _, err := c.write(s); err != nil {
				t.Errorf("%q: %v", s, err)
			}
		}
		for _, s := range c.not {
			if got, err := c.write(s); err == nil {
				t.Errorf("%q is written as %q", s, got)
			}
		}
	}
}
