package pyrand

import (
	"encoding/json"
	"math/big"
	"os"
	"reflect"
	"testing"
)

func TestSeedsGiveTheNumbersOfPython(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/random.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Seed  string
		IsInt bool
		A, B  []int
		C     string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		seeded := func() *Random {
			if !c.IsInt {
				return FromString(c.Seed)
			}
			i, _ := new(big.Int).SetString(c.Seed, 10)
			return FromInt(i)
		}
		r := seeded()
		var numbers []int
		for range c.A {
			numbers = append(numbers, int(r.Below(60)))
		}
		list := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
		seeded().Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if !reflect.DeepEqual(numbers, c.A) || !reflect.DeepEqual(list, c.B) || "abcdefg"[seeded().Below(7)] != c.C[0] {
			t.Errorf("seed %q: %v %v", c.Seed, numbers, list)
		}
	}
}
