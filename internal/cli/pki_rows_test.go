package cli

import (
	"strings"
	"testing"

	"pig/internal/product"
)

func TestCertificatesAreListedInTheOrderOfNeed(t *testing.T) {
	t.Parallel()
	certs := []product.Certificate{{Name: "infra/10.0.0.2"}, {Name: "infra/10.0.0.10"}, {Name: "etcd/etcd-1"}, {Name: "pgsql/b-2"}, {Name: "pgsql/b-10"}, {Name: "pgsql/a-1"}}
	rows := []certificateRow{
		{"ca/ca", "first"}, {"ca/ca", "second"}, {"etcd/etcd-1", ""}, {"infra/10.0.0.10", ""}, {"infra/10.0.0.2", ""}, {"infra/old", ""}, {"misc/x", ""}, {"pgsql/a-1", ""},
		{"pgsql/b-10", ""}, {"pgsql/b-2", ""},
	}
	inOrderOfNeed(rows, certs)
	var got []string
	for _, r := range rows {
		got = append(got, strings.TrimSpace(r.name+" "+r.text))
	}
	want := "ca/ca first, ca/ca second, infra/10.0.0.2, infra/10.0.0.10, infra/old, etcd/etcd-1, pgsql/b-2, pgsql/b-10, pgsql/a-1, misc/x"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}
