package inventory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"

	"pig/internal/secret"
	"pig/internal/value"
)

// Digest is a hash over the hosts' names, groups and merged variables: it changes if and only if the inventory says
// something else about them. Neither the order of hosts and variables nor places in files count. It is SHA-256 in hex.
func (inv *Inventory) Digest(hosts []*Host) string {
	sorted := slices.Clone(hosts)
	slices.SortFunc(sorted, func(a, b *Host) int { return cmp.Compare(a.Name, b.Name) })
	h := sha256.New()
	seen := map[value.Value][]byte{} // hosts of one group share its big values
	for _, host := range sorted {
		fmt.Fprintf(h, "host %q groups %q\n", host.Name, inv.GroupNames(host))
		vars := inv.Vars(host)
		keys := vars.StringKeys()
		slices.Sort(keys)
		for _, k := range keys {
			fmt.Fprintf(h, "%q ", k)
			writeShared(h, vars.At(k), seen)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writeShared(h hash.Hash, v value.Value, seen map[value.Value][]byte) {
	switch v.(type) {
	case *value.Dict, *value.List:
		sum, ok := seen[v]
		if !ok {
			inner := sha256.New()
			writeCanonical(inner, v)
			sum = inner.Sum(nil)
			seen[v] = sum
		}
		h.Write(sum)
	default:
		writeCanonical(h, v)
	}
}

// writeCanonical writes v so that different values, also of different types, are different texts. A secret counts with its
// text: a changed password is a change. Inside a value the order of keys counts, as it does in a rendered file.
func writeCanonical(w io.Writer, v value.Value) {
	switch v := v.(type) {
	case *value.Dict:
		fmt.Fprintf(w, "{%d ", v.Len())
		for k, item := range v.All() {
			writeCanonical(w, k)
			writeCanonical(w, item)
		}
		io.WriteString(w, "}")
	case *value.List:
		fmt.Fprintf(w, "[%d ", v.Len())
		for _, item := range v.Items {
			writeCanonical(w, item)
		}
		io.WriteString(w, "]")
	case secret.Text:
		fmt.Fprintf(w, "str %q;", v.Plain())
	case value.Bytes:
		fmt.Fprintf(w, "bytes %x;", []byte(v))
	default:
		fmt.Fprintf(w, "%s %q;", value.TypeName(v), value.Str(v))
	}
}
