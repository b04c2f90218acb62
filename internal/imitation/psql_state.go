package imitation

import (
	"fmt"
	"strings"
)

// initdb is template0 as the choices of a cluster make it.
func initdb(choices []any) map[string]any {
	made := map[string]any{"datcollate": "C", "datctype": "C", "datlocprovider": "c", "datlocale": nil, "checksum": "off"}
	for _, c := range choices {
		if c == "data-checksums" {
			made["checksum"] = "on"
		}
		option, _ := c.(map[string]any)
		for name, v := range option {
			switch name {
			case "encoding":
				made["encoding"] = v
			case "locale":
				made["datcollate"], made["datctype"] = v, v
			case "locale-provider":
				made["datlocprovider"] = fmt.Sprint(v)[:1]
			case "builtin-locale":
				made["datlocale"] = v
			case "lc-collate":
				made["datcollate"] = v
			case "lc-ctype":
				made["datctype"] = v
			}
		}
	}
	return made
}

// stateOf answers the question for settings as a server has them: those that count from a start as they were then.
func (m *patroniMember) stateOf(script string, version int) string {
	m.cluster.mu.Lock()
	defer m.cluster.mu.Unlock()
	_, list, _ := strings.Cut(script, "ANY (ARRAY[")
	list, _, _ = strings.Cut(list, "]")
	wanted := map[string]bool{}
	for n := range strings.SplitSeq(list, ", ") {
		wanted[unquote(n)] = true
	}
	settings := map[string]any{}
	now := m.cluster.fixed()
	for k, v := range m.cluster.settings() {
		name, text := strings.ToLower(k), fmt.Sprint(v)
		started, fixed := m.started[k]
		pending := fixed && started != now[k]
		if fixed {
			text = started
		}
		if wanted[name] || pending {
			settings[name] = map[string]any{"value": text, "source": "configuration file", "file": m.dataDir + "/postgresql.conf", "line": 1, "pending": pending}
		}
	}
	state := map[string]any{"version": version, "settings": settings, "hba_file": m.dataDir + "/pg_hba.conf", "unread": false, "initdb": m.cluster.template}
	return toJSON(state)
}
