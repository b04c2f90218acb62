//go:build linux

package acceptance

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// writer is a client on the infra node that writes a row ten times a second through the primary service of a cluster, by whichever load balancer
// of it answers, and notes when it was told that the row is written.
type writer struct {
	l  *lab
	at door
}

// door is where a client goes to: the load balancers of a cluster, and a user of one of its databases.
type door struct{ hosts, user, password, db string }

// client is what a shell runs to ask there.
func (d door) client() string {
	return "PGPASSWORD=" + d.password + " PGSSLMODE=prefer PGCONNECT_TIMEOUT=2 psql -X -qAt -h " + d.hosts + " -p 5433 -U " + d.user + " -d " + d.db
}

const (
	written     = "/run/written"
	writesLimit = "18000" // half an hour
)

// writes begins to write into pg-test.
func (l *lab) writes() *writer {
	l.t.Helper()
	return l.writesTo(door{"10.10.10.11,10.10.10.12,10.10.10.13", "test", canaries["test"], "test"})
}

// writesTo begins to write into a new table, after what else makes it what it is to be.
func (l *lab) writesTo(at door, more ...string) *writer {
	l.t.Helper()
	w := &writer{l, at}
	create := strings.Join(append([]string{"CREATE TABLE written (i int PRIMARY KEY)"}, more...), "; ")
	l.eventually(30*time.Second, "a table to write into", func() error { // a session of the pool may still have a connection to a server that was stopped
		if out, code := l.try("10.10.10.10", "sh", "-c", at.client()+` -v ON_ERROR_STOP=1 -c "$0"`, create); code != 0 {
			return errors.New(out)
		}
		return nil
	})
	l.node("10.10.10.10", "systemd-run", "--unit=writer", "bash", "-c", `i=0; while [ $i -lt `+writesLimit+` ] && [ ! -e `+written+`.stop ]; do i=$((i+1))
`+at.client()+` -c "INSERT INTO written VALUES ($i)" >/dev/null 2>&1 && echo $(date +%s%N) $i >>`+written+`; sleep 0.1; done`)
	return w
}

// ask runs SQL where the writer writes.
func (w *writer) ask(query string) string {
	w.l.t.Helper()
	return w.l.node("10.10.10.10", "sh", "-c", w.at.client()+` -v ON_ERROR_STOP=1 -c "$0"`, query)
}

// told are the times of acknowledged writes, and their rows.
func (w *writer) told() (at []time.Time, rows []string) {
	for line := range strings.Lines(w.l.node("10.10.10.10", "cat", written)) {
		stamp, row, _ := strings.Cut(strings.TrimSpace(line), " ")
		if ns, err := strconv.ParseInt(stamp, 10, 64); err == nil {
			at, rows = append(at, time.Unix(0, ns)), append(rows, row)
		}
	}
	return at, rows
}

// gap does something, and gives the longest time without an acknowledged write meanwhile. It ends when writes are acknowledged again.
func (w *writer) gap(do func()) time.Duration {
	w.l.t.Helper()
	before := time.Now()
	do()
	after := time.Now()
	var longest time.Duration
	w.l.eventually(2*time.Minute, "writes", func() error {
		at, _ := w.told()
		if len(at) == 0 || at[len(at)-1].Before(after) {
			return errNoWrites
		}
		longest = 0
		for i := 1; i < len(at); i++ {
			if at[i].After(before) {
				longest = max(longest, at[i].Sub(at[i-1]))
			}
		}
		return nil
	})
	return longest
}

var errNoWrites = errors.New("no write is acknowledged")

// stop ends the writer, and holds what it was told against what is there.
func (w *writer) stop() {
	w.l.t.Helper()
	w.l.eventually(2*time.Minute, "enough writes to prove anything", func() error {
		if _, rows := w.told(); len(rows) < 100 {
			return fmt.Errorf("%d writes", len(rows))
		}
		return nil
	})
	w.l.node("10.10.10.10", "sh", "-c", "touch "+written+".stop; sleep 3")
	_, rows := w.told()
	out := w.ask("SELECT i FROM written")
	there := strings.Fields(out)
	slices.Sort(there)
	var lost []string
	for _, row := range rows {
		if _, ok := slices.BinarySearch(there, row); !ok {
			lost = append(lost, row)
		}
	}
	if len(lost) > 0 {
		w.l.t.Errorf("%d acknowledged rows are not there: %s", len(lost), strings.Join(lost, " "))
	}
}
