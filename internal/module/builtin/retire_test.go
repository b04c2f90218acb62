package builtin_test

import (
	"testing"

	"pig/internal/imitation"
)

// What pig has set up stops, once; what an operator has set up goes on.
func TestUnitsRetire(t *testing.T) {
	t.Parallel()
	m := newMachine(nil)
	if err := m.Install("haproxy", "cron"); err != nil {
		t.Fatal(err)
	}
	on(t, m, deed{module: "service", args: args("name", "haproxy", "state", "started", "enabled", true), makes: "service haproxy start"})
	on(t, m, deed{module: "retire", args: args("unit", "haproxy", "file", "/etc/no.cfg", "begins", "# pig's")})
	m.Put(imitation.Laid{Path: "/etc/mine.cfg", Content: "# mine\n# pig's\n"})
	on(t, m, deed{module: "retire", args: args("unit", "haproxy", "file", "/etc/mine.cfg", "begins", "# pig's")})
	m.Put(imitation.Laid{Path: "/etc/pig.cfg", Content: "# pig's file\n"})
	m.Put(imitation.Laid{Path: "/etc/more/x.cfg", Content: "x\n"})
	on(t, m,
		deed{module: "retire", args: args("unit", "nosuch", "file", "/etc/pig.cfg", "begins", "# pig's")},
		deed{module: "retire", args: args("unit", "haproxy", "file", "/etc/pig.cfg", "begins", "# pig's", "files", list("/etc/more"), "impact", "gap"),
			makes: "service haproxy disable; service haproxy stop; directory /etc/more delete"},
	)
}
