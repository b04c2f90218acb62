//go:build linux

package acceptance

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// writer is a client on the infra node that writes a row ten times a second through the primary service of pg-test, by whichever load balancer
// of the cluster answers, and notes when it was told that the row is written.
type writer struct{ l *lab }

const (
	written     = "/run/written"
	writesLimit = "18000" // half an hour
)

// writes begins to write.
func (l *lab) writes() *writer {
	l.t.Helper()
	if _, err := l.sql("10.10.10.11", 5433, "CREATE TABLE IF NOT EXISTS written (i int PRIMARY KEY)"); err != nil {
		l.t.Fatal(err)
	}
	l.node("10.10.10.10", "systemd-run", "--unit=writer", "bash", "-c", `i=0; while [ $i -lt `+writesLimit+` ] && [ ! -e `+written+`.stop ]; do i=$((i+1))
PGPASSWORD=`+canaries["test"]+` PGCONNECT_TIMEOUT=2 psql -X -qAt -h 10.10.10.11,10.10.10.12,10.10.10.13 -p 5433 -U test -d test -c "INSERT INTO written VALUES ($i)" >/dev/null 2>&1 && echo $(date +%s%N) $i >>`+written+`; sleep 0.1; done`)
	return &writer{l}
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
	w.l.node("10.10.10.10", "sh", "-c", "touch "+written+".stop; sleep 3")
	_, rows := w.told()
	if len(rows) < 100 {
		w.l.t.Errorf("only %d writes: the writer proves nothing", len(rows))
	}
	out, err := w.l.sql("10.10.10.11,10.10.10.12,10.10.10.13", 5433, "SELECT i FROM written")
	if err != nil {
		w.l.t.Fatal(err)
	}
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
