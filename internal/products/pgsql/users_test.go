package pgsql

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pig/internal/value"
)

// readers are the files on the controller that know the lists of users by name. docs/architecture.md names them in the walk of an entry.
var readers = []string{"knows.go", "users.go", "verbs_cluster.go"}

func TestUsersHaveOneReader(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), `"pg_users"`) {
			found = append(found, file)
		}
	}
	if !slices.Equal(found, readers) {
		t.Errorf("%v read pg_users, want %v: others go by way of users.go", found, readers)
	}
}

func TestUserEntries(t *testing.T) {
	t.Parallel()
	entry := func(roles ...value.Value) *value.Dict {
		return value.DictOf("name", "u", "roles", value.NewList(roles...))
	}
	for name, c := range map[string]struct {
		entry *value.Dict
		roles []string
	}{
		"names":              {entry("a", "b"), []string{"a", "b"}},
		"objects":            {entry(value.DictOf("name", "a", "admin", true)), []string{"a"}},
		"a role taken away":  {entry(value.DictOf("name", "a", "state", "absent"), "b"), []string{"b"}},
		"only a run can say": {entry("{{ x }}", "b"), []string{"b"}},
		"a wrong type":       {entry(int64(1)), nil},
		"no list":            {value.DictOf("name", "u", "roles", "a"), nil},
		"nothing":            {value.DictOf("name", "u"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			all := usersIn(value.DictOf("pg_default_roles", value.NewList(value.DictOf("name", "first")), "pg_users", value.NewList(c.entry)))
			if len(all) != 2 || !all[0].byDefault || all[0].name() != "first" || all[1].byDefault {
				t.Fatalf("%v", all)
			}
			var roles []string
			for _, m := range businessUsers(all)[0].memberships() {
				roles = append(roles, m.role)
			}
			if !reflect.DeepEqual(roles, c.roles) {
				t.Errorf("%v, want %v", roles, c.roles)
			}
		})
	}
}
