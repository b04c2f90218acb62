package engine

import (
	"strconv"
	"strings"

	"pig/internal/fleet"
)

// sshArgs takes from ansible_ssh_common_args what pig's own client knows: -o options, -i, -J, -p and -l.
func sshArgs(h *fleet.Host, text string) {
	words := strings.Fields(strings.NewReplacer(`"`, "", "'", "").Replace(text))
	for i := 0; i < len(words); i++ {
		flag, val := words[i], ""
		if len(flag) < 2 || flag[0] != '-' {
			continue
		}
		if val = flag[2:]; val == "" && i+1 < len(words) {
			i++
			val = words[i]
		}
		switch flag[1] {
		case 'o':
			key, v, _ := strings.Cut(val, "=")
			sshOption(h, strings.ToLower(key), v)
		case 'i':
			h.KeyFile = val
		case 'J':
			h.ProxyJump = val
		case 'p':
			h.Port, _ = strconv.Atoi(val)
		case 'l':
			h.Target.User = val
		}
	}
}

func sshOption(h *fleet.Host, key, val string) {
	switch key {
	case "stricthostkeychecking":
		h.Insecure = val == "no" || val == "off"
	case "userknownhostsfile":
		if val != "/dev/null" {
			h.KnownHosts = val
		}
	case "proxyjump":
		h.ProxyJump = val
	case "user":
		h.Target.User = val
	case "port":
		h.Port, _ = strconv.Atoi(val)
	case "identityfile":
		h.KeyFile = val
	}
}
