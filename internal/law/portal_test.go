package law

import (
	"strings"
	"testing"
)

// The home site of the portal is there whatever infra_portal says: what is planned without it is applied, and then a plan is empty.
func TestThePortalAlwaysHasItsHomeSite(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := newLab(t, oneInfra, "10.10.10.10", "10.10.10.11")
		l.repositories(t)
		l.must("apply", "--yes")
		for _, portal := range []string{"{ wiki: { domain: w.pigsty, endpoint: '10.10.10.11:80' } }", "{}", "", "{ home: }", "{ home: { domain: '' } }", "{ home: { domains: [ h.pigsty ] } }"} {
			l.write(oneInfra + "    infra_portal: " + portal + "\n")
			l.must("apply", "--yes")
			if left := changes(l.plan()); len(left) > 0 {
				t.Errorf("infra_portal: %s: left after apply:\n%s", portal, strings.Join(left, "\n"))
			}
			if home := l.world.Machine("10.10.10.10").Content("/etc/nginx/conf.d/home.conf"); !strings.Contains(home, "server_name i.pigsty") {
				t.Errorf("infra_portal: %s: the home site is\n%s", portal, home)
			}
		}
	})
}
