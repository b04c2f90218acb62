package cli

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"

	"pig/internal/product"
)

// certificateRow is a line of pki status. The name is that of the file below files/pki, without its ending.
type certificateRow struct{ name, text string }

// inOrderOfNeed sorts lines of certificates: the CA, then those of the products in the order of need, each as its product lists the members;
// what no product lists follows those of its directory.
func inOrderOfNeed(rows []certificateRow, certs []product.Certificate) {
	dirs, names := map[string]int{}, map[string]int{}
	for _, c := range certs {
		if dir := path.Dir(c.Name); dirs[dir] == 0 {
			dirs[dir] = len(dirs) + 1
		}
		if names[c.Name] == 0 {
			names[c.Name] = len(names) + 1
		}
	}
	place := func(of map[string]int, key string) int {
		if n := of[key]; n > 0 {
			return n
		}
		return len(certs) + 1
	}
	slices.SortStableFunc(rows, func(a, b certificateRow) int {
		a.name, b.name = filepath.ToSlash(a.name), filepath.ToSlash(b.name)
		if inA, inB := path.Dir(a.name) == "ca", path.Dir(b.name) == "ca"; inA != inB {
			if inA {
				return -1
			}
			return 1
		}
		return cmp.Or(place(dirs, path.Dir(a.name))-place(dirs, path.Dir(b.name)), cmp.Compare(path.Dir(a.name), path.Dir(b.name)),
			place(names, a.name)-place(names, b.name), cmp.Compare(a.name, b.name))
	})
}
