package cli

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"pig/internal/graph"
	"pig/internal/plan"
	"pig/internal/product"
)

// pace measures a run: how long it takes, and how busy this machine's processors are meanwhile.
type pace struct {
	begin      time.Time
	busy, idle uint64
}

func newPace() pace {
	busy, idle := processors()
	return pace{time.Now(), busy, idle}
}

// processors are the ticks that all processors of this machine have worked, and been idle, since it came up (proc_stat(5)).
func processors() (busy, idle uint64) {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	for i, f := range strings.Fields(line) {
		n, err := strconv.ParseUint(f, 10, 64)
		switch {
		case err != nil || i > 8: // what guests take is in the time of users already
		case i == 4 || i == 5: // idle, and waiting for disks
			idle += n
		default:
			busy += n
		}
	}
	return busy, idle
}

// tell says what the run took, which units it waited for, and how busy this machine was.
func (p pace) tell(g *graph.Graph[product.Unit], units []plan.UnitPlan) string {
	took := map[string]time.Duration{}
	for _, u := range units {
		took[u.Unit.Name] = u.Took
	}
	way, _ := g.Longest(took)
	for i, n := range way {
		way[i] = fmt.Sprintf("%s %.0fs", n, took[n].Seconds())
	}
	busy, idle := processors()
	busy, idle = busy-p.busy, idle-p.idle
	text := fmt.Sprintf("Took %.0fs; longest chain: %s", time.Since(p.begin).Seconds(), strings.Join(way, ", then "))
	if busy+idle > 0 {
		text += fmt.Sprintf("; this machine's processors were %d%% busy", busy*100/(busy+idle))
	}
	return text + "\n"
}
