package value_test

import (
	"fmt"

	"pig/internal/secret"
	"pig/internal/value"
)

// Values print as Python prints them, and mappings keep their order.
func Example() {
	d := value.DictOf("name", "pg-test", "on", true, "ports", value.NewList(int64(5432), int64(6432)))
	d.Set("note", nil)
	fmt.Println(value.Str(d))
	fmt.Println(value.Equal(true, int64(1)), value.Truthy(value.NewList()))
	// Output:
	// {'name': 'pg-test', 'on': True, 'ports': [5432, 6432], 'note': None}
	// true false
}

// Display is for people: it masks secrets. Str and Repr show them.
func ExampleDisplay() {
	user := value.DictOf("user", "dbuser", "password", secret.New("DBUser.Pass"))
	fmt.Println(value.Display(user))
	fmt.Println(value.Secrets(user))
	// Output:
	// {'user': 'dbuser', 'password': ••••••}
	// [DBUser.Pass]
}

// What only a real run can tell is Unknown, wherever it is.
func ExampleHasUnknown() {
	result := value.DictOf("rc", int64(0), "stdout", value.Unknown{Why: "the output of: pg_controldata"})
	fmt.Println(value.HasUnknown(result))
	fmt.Println(value.Display(result))
	// Output:
	// true
	// {'rc': 0, 'stdout': (known after apply)}
}
