package format_test

import (
	"net"
	"net/netip"
	"net/url"
	"testing"

	"pig/internal/format"
)

func TestAnAddressWithAPort(t *testing.T) {
	t.Parallel()
	for in, want := range map[[2]string]string{
		{"10.10.10.10", "5432"}: "10.10.10.10:5432", {"2001:db8::10", "5432"}: "[2001:db8::10]:5432", {"::", "80"}: "[::]:80", {"::1", "80"}: "[::1]:80",
		{"db-1.pigsty", "9000"}: "db-1.pigsty:9000", {"*", "5433"}: "*:5433", {"minio_1", " 9000 "}: "minio_1:9000",
	} {
		got, err := format.WithPort(in[0], in[1])
		if got != want || err != nil {
			t.Errorf("%v: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range [][2]string{{"[2001:db8::10]", "80"}, {"10.0.0.1:80", "80"}, {"a b", "80"}, {"", "80"}, {"a\n", "80"}, {"10.0.0.1", ""}, {"10.0.0.1", "0"}, {"10.0.0.1", "http"}, {"10.0.0.1", "65536"}} {
		if got, err := format.WithPort(in[0], in[1]); err == nil {
			t.Errorf("%v is taken: %q", in, got)
		}
	}
}

// What is written is read back as the same address and port, alone and in a URL.
func TestAnAddressWithAPortIsReadBack(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"10.10.10.10", "2001:db8::10", "::1", "::ffff:10.0.0.1", "fe80::1"} {
		text := format.HostPort(host, 5432)
		h, p, err := net.SplitHostPort(text)
		if err != nil || h != host || p != "5432" {
			t.Errorf("%s is read as %q %q %v", text, h, p, err)
		}
		if a, err := netip.ParseAddrPort(text); err != nil || a.Addr().String() != host || a.Port() != 5432 {
			t.Errorf("%s is read as %s %v", text, a, err)
		}
		if u, err := url.Parse("https://" + text + "/x"); err != nil || u.Hostname() != host || u.Port() != "5432" {
			t.Errorf("%s is read as %v %v", text, u, err)
		}
	}
}
