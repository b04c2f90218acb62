package products

import (
	"slices"
	"testing"

	"pig/internal/product"
	"pig/internal/products/pgsql"
)

// The libraries that settings name are looked for on the nodes before a server or a session does.
func TestLibrariesThatSettingsName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string][]string{
		"pg_libs: auto_explain": nil,
		"pg_parameters: { session_preload_libraries: 'b, $libdir/a.so', local_preload_libraries: c, jit_provider: mine, archive_library: '' }":                {"a", "b", "mine", "plugins/c"},
		"pg_users: [ { name: u, parameters: { session_preload_libraries: [ x, /opt/y.so ] } }, { name: v, state: absent, parameters: { jit_provider: z } } ]": {"/opt/y", "x"},
		"pg_databases: [ { name: d, parameters: { session_preload_libraries: DEFAULT, local_preload_libraries: '$libdir/plugins/p' } } ]":                     {"plugins/p"},
		"pg_parameters: { dynamic_library_path: '$libdir:/opt', session_preload_libraries: b }":                                                               nil,
		"pg_parameters: { session_preload_libraries: '{{ mine }}' }":                                                                                          nil,
	} {
		text := "pg-t:\n  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }\n  vars: { pg_cluster: pg-t, " + given + " }\n"
		env, _ := product.Resolve(loadText(t, text), All(), product.Options{})
		if got := pgsql.ClusterOf(env, "pg-t").Loads; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", given, got, want)
		}
	}
}
