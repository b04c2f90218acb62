package model

import (
	"slices"
	"testing"
)

func TestDirs(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string][]string{
		"/data/minio":        {"/data/minio"},
		"/data{1...2}":       {"/data1", "/data2"},
		"/d{9...11}/m":       {"/d9/m", "/d10/m", "/d11/m"},
		"/r{1...2}/d{1...2}": {"/r1/d1", "/r1/d2", "/r2/d1", "/r2/d2"},
		"/data{3...1}":       nil,
		"/data{1..2}":        {"/data{1..2}"},
	} {
		if got := Dirs(pattern); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", pattern, got, want)
		}
	}
}
