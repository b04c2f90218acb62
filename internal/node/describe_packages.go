package node

import (
	"path/filepath"
	"strings"
)

func InstallChange(name, before, after string) Change {
	c := Change{Kind: "package", ID: name, Action: "install", Attrs: []Attr{{"version", before, after}}}
	if before != "" {
		c.Action = "upgrade"
	}
	return c
}

func RemovePackageChange(name, version string) Change {
	return Change{Kind: "package", ID: name, Action: "remove", Attrs: []Attr{{"version", version, "none"}}}
}

// BareNames strips versions, architectures and releases: "curl=8.1-1" and "curl:amd64" are curl.
func BareNames(specs []string) []string {
	names := make([]string, len(specs))
	for i, s := range specs {
		if strings.HasSuffix(s, ".deb") {
			n, _, _ := strings.Cut(filepath.Base(s), "_")
			names[i] = n
			continue
		}
		names[i] = s
		if j := strings.IndexAny(s, "=:/"); j > 0 {
			names[i] = s[:j]
		}
	}
	return names
}
