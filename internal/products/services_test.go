package products

import (
	"strings"
	"testing"

	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/product"
)

func TestServicesOfOneHostHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	const text = "pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a, SERVICES } }\n"
	for services, want := range map[string]string{
		"haproxy_services: [ { name: web, port: 7001 }, { name: app, port: 7002 } ]":                                   "",
		"haproxy_services: [ { name: primary, port: 7001 } ]":                                                          "",
		"haproxy_services: [ { name: web, port: 7001 }, { name: web, port: 7002 } ]":                                   `i.yml:1:144: service "web" has the name of a service of haproxy_services, at i.yml:1:117`,
		"haproxy_services: [ { name: pg-a-primary, port: 7001 } ]":                                                     `i.yml:1:117: service "pg-a-primary" has the name of a service of pg_cluster pg-a`,
		"haproxy_services: [ { name: pg-a-x, port: 7001 } ], pg_services: [ { name: x, port: 7003, dest: postgres } ]": `i.yml:1:117: service "pg-a-x" has the name of a service of pg_cluster pg-a, at i.yml:1:164`,
	} {
		inv, _, err := inventory.LoadText("i.yml", []byte(withEtcd(strings.Replace(text, "SERVICES", services, 1))), inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := lines(params.Validate(inv, product.Checks(All())...))
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %s, want %s", services, got, want)
		}
	}
}
