package module

import "strings"

// Release is what /etc/os-release says of the node's distribution, such as ID and VERSION_CODENAME; empty where there is none.
func Release(c *Call) map[string]string {
	release := map[string]string{}
	text, err := c.System.Files().Read("/etc/os-release")
	if err != nil {
		return release
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if k, v, ok := strings.Cut(line, "="); ok {
			release[k] = strings.Trim(v, `"'`)
		}
	}
	return release
}
