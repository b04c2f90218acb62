package model

import (
	"strings"
	"testing"
)

func TestGrows(t *testing.T) {
	t.Parallel()
	const three = "https://m-{1...3}.pigsty:9000/data{1...2}"
	for _, c := range []struct{ was, now, refused string }{
		{three, three, ""},
		{three, "https://m-{1...3}.pigsty:9010/data{1...2}", ""},
		{three, three + " https://m-{4...6}.pigsty:9000/data{1...2}", ""},
		{three, "https://m-{1...4}.pigsty:9000/data{1...2}", "a pool of 6 drives"},
		{three, "https://m-{1...2}.pigsty:9000/data{1...2}", "minio_volumes: '" + three},
		{three + " " + three, three, "serves 2 pools"},
		{"/data/minio", "/data/minio", ""},
		{"/data/minio", "https://m-{1...2}.pigsty:9000/data/minio", "a pool of 1 drives"},
		{"/a /b", "/a /b /c", "a pool of 2 drives"},
	} {
		err := Grows(c.was, c.now)
		if (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s -> %s: %v", c.was, c.now, err)
		}
	}
}
