package pgsql

import (
	"fmt"
	"strings"
	"testing"

	"pig/internal/products/pgsql/model"
	"pig/internal/value"
)

func TestChooseVersion(t *testing.T) {
	plain, _ := model.KernelOf("pgsql")
	polar, _ := model.KernelOf("polar")
	said := func(installed int, release string, offered ...int) *value.Dict {
		list := value.NewList()
		for _, v := range offered {
			list.Append(int64(v))
		}
		return value.DictOf("installed", int64(installed), "offered", list, "release", release)
	}
	for name, c := range map[string]struct {
		answers map[string]*value.Dict
		want    string
		err     string
		kernel  model.Kernel
	}{
		"nobody answered":               {nil, "<nil> ", "", plain},
		"the newest of the sources":     {map[string]*value.Dict{"a": said(0, "trixie", 15, 17)}, "17 the newest that the package sources of its nodes offer", "", plain},
		"the newest that all have":      {map[string]*value.Dict{"a": said(0, "trixie", 15, 16, 17), "b": said(0, "bookworm", 15, 16)}, "16 the newest that the package sources of its nodes offer", "", plain},
		"nothing that all have":         {map[string]*value.Dict{"a": said(0, "trixie", 17), "b": said(0, "bookworm", 15)}, "15 which the distribution of its nodes provides", "", plain},
		"a member without sources":      {map[string]*value.Dict{"a": said(0, "trixie", 17), "b": said(0, "trixie")}, "17 the newest that the package sources of its nodes offer", "", plain},
		"no sources yet":                {map[string]*value.Dict{"a": said(0, "noble"), "b": said(0, "noble")}, "16 which the distribution of its nodes provides", "", plain},
		"an unknown distribution":       {map[string]*value.Dict{"a": said(0, "sid")}, "<nil> ", "", plain},
		"data comes before the sources": {map[string]*value.Dict{"a": said(16, "trixie", 17, 18), "b": said(0, "trixie", 17, 18)}, "16 which its data has", "", plain},
		"data of two versions":          {map[string]*value.Dict{"a": said(16, "trixie"), "b": said(17, "trixie")}, "", "members of pg-test have data of different versions: PostgreSQL 16 on a; PostgreSQL 17 on b", plain},
		"a kernel without sources":      {map[string]*value.Dict{"a": said(0, "trixie")}, "17 of which its kernel is built", "", polar},
		"data of a kernel":              {map[string]*value.Dict{"a": said(15, "trixie", 17)}, "15 which its data has", "", polar},
	} {
		v, from, err := chooseVersion(&Cluster{Name: "pg-test", Kernel: c.kernel}, c.answers)
		switch got := fmt.Sprint(v, " ", from); {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: error %v, want %s", name, err, c.err)
		case c.err == "" && (err != nil || got != c.want):
			t.Errorf("%s: %q %v, want %q", name, got, err, c.want)
		}
	}
}
