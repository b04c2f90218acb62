package products

import (
	"testing"

	"pig/internal/product"
	"pig/internal/value"
)

func TestWhereLogsGo(t *testing.T) {
	t.Parallel()
	env, diags := product.Resolve(loadText(t, `
all:
  children:
    infra:
      hosts:
        10.0.0.2: { infra_seq: 2 }
        10.0.0.1: { infra_seq: 1 }
        10.0.0.3: { infra_seq: 3, vlogs_enabled: false }
        10.0.0.7: { infra_seq: 4, nginx_enabled: false }
    nodes:
      hosts:
        10.0.0.4: { }
        10.0.0.5: { vector_enabled: false }
        10.0.0.6: { vector_log_endpoint: [ 'http://${admin_ip}:9999/insert/jsonline', 'https://logs.example', infra ] }
  vars: { admin_ip: 10.0.0.9, vlogs_port: 9430 }
`), All(), product.Options{})
	if len(diags) > 0 {
		t.Error(diags)
	}
	infra := "{'url': 'https://10.0.0.1:9430', 'infra': True}, {'url': 'https://10.0.0.2:9430', 'infra': True}"
	for host, want := range map[string]string{
		"10.0.0.3": "[" + infra + "]",
		"10.0.0.4": "[" + infra + "]",
		"10.0.0.7": "[" + infra + ", {'url': 'http://127.0.0.1:9430', 'infra': True}]",
		"10.0.0.5": "[]",
		"10.0.0.6": "[{'url': 'http://10.0.0.9:9999', 'infra': False}, {'url': 'https://logs.example', 'infra': False}, " + infra + "]",
	} {
		if got := value.Repr(env.Vars(host).At("log_stores")); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}
