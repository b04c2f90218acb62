package law

import (
	"strings"
	"testing"

	"pig/internal/imitation"
)

// withDrift is an inventory in which a timer measures drift.
func withDrift(schedule string) string {
	return switchable + "    pig_drift_enabled: true\n    pig_drift_schedule: '" + schedule + "'\n"
}

const driftTimer = "10.10.10.10 pig-drift.timer"

// The first infra node measures drift where that is asked for: it needs pig and the inventory, and stops with the switch.
func TestDriftIsMeasuredByATimer(t *testing.T) {
	whole := settled(t, switchable, "10.10.10.10", "10.10.10.11")
	bubble(t, func(t *testing.T) {
		l := whole.copy(t)
		machine := l.world.Machine("10.10.10.10")
		l.write(withDrift("*-*-* 04:00"))
		if out, rc := l.pig("apply", "--yes"); rc == 0 || !strings.Contains(out, "10.10.10.10 has no /usr/local/bin/pig, which pig_drift_enabled needs") {
			t.Errorf("without pig on the node, apply ends with %d and says\n%s", rc, out)
		}
		machine.Put(imitation.Laid{Path: "/usr/local/bin/pig", Content: "pig", Mode: 0o755})
		machine.Put(imitation.Laid{Path: "/root/pigsty/pigsty.yml", Content: "all: {}"})
		l.write(withDrift("at night"))
		if out, rc := l.pig("apply", "--yes"); rc == 0 || !strings.Contains(out, "at night") {
			t.Errorf("with a schedule that systemd does not know, apply ends with %d and says\n%s", rc, out)
		}
		l.write(withDrift("*-*-* 04:00"))
		l.switches([]string{driftTimer}, true)
		if text := machine.Content("/etc/systemd/system/pig-drift.service"); !strings.Contains(text, `ExecStart="/usr/local/bin/pig" drift -i "/root/pigsty/pigsty.yml" --prometheus `) {
			t.Errorf("the service is\n%s", text)
		}
		before := machine.Counts("pig-drift.timer").Start
		l.write(withDrift("hourly"))
		l.switches([]string{driftTimer}, true)
		if n := machine.Counts("pig-drift.timer").Start - before; n != 1 {
			t.Errorf("another schedule starts the timer %d times", n)
		}
		machine.Put(imitation.Laid{Path: "/var/lib/prometheus/node-exporter/pig.prom", Content: "pig_drift_changes 1\n"})
		l.write(switchable)
		l.switches([]string{driftTimer}, false)
		l.lacks("10.10.10.10 /var/lib/prometheus/node-exporter/pig.prom")
	})
}
