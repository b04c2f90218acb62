package plan

import (
	"strings"
	"testing"
)

func TestPlansTellNoPassword(t *testing.T) {
	t.Parallel()
	of := func(salt string, saved map[string]string) string {
		sum, err := Passwords(saved, salt)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	one := of("a", map[string]string{"x": "sesame", "y": "street"})
	switch {
	case one != of("a", map[string]string{"y": "street", "x": "sesame"}):
		t.Error("the same passwords have another digest")
	case one == of("a", map[string]string{"x": "sesame", "y": "streets"}):
		t.Error("other passwords have the same digest")
	case one == of("b", map[string]string{"x": "sesame", "y": "street"}):
		t.Error("the salt is not in it")
	case strings.Contains(one, "sesame"):
		t.Error("the digest tells a password")
	}
}
