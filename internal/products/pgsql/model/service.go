package model

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pig/internal/value"
)

// Service is a way into a cluster: a port on which HAProxy leads to those members that a selector chooses and a health
// check finds fit.
type Service struct {
	Name     string
	Port     int
	IP       string // * is all addresses
	Dest     string // default, postgres, pgbouncer or a number
	Check    string // URL path of Patroni's REST API
	Selector string
	Backup   string // selector of members that serve when no other does; may be ""
	Maxconn  int
	Balance  string
	Options  string // of servers; "" computes them from the recovery time plan
}

// Member is what services need to know of an instance.
type Member struct {
	Name          string // <pg_cluster>-<pg_seq>
	Address       string
	Vars          *value.Dict // for selectors
	Port          int         // pg_port
	PgbouncerPort int
	PatroniPort   int
	PatroniTLS    bool
	Weight        int
}

// Server is a member in a service, as a server line of HAProxy tells it.
type Server struct {
	Name      string
	Address   string
	Port      int
	CheckPort int
	CheckTLS  bool
	Weight    int
	Backup    bool
}

// Servers are the members that serve s: first what the selector chooses, in the order of the members, marked as backup if
// the backup selector chooses them too; then the rest of the backup selector's choice.
func (s Service) Servers(members []Member, defaultDest string) ([]Server, error) {
	vars := make([]*value.Dict, len(members))
	for i, m := range members {
		vars[i] = m.Vars
	}
	chosen, err := choose(s.Selector, vars)
	if err != nil {
		return nil, err
	}
	spare, err := choose(s.Backup, vars)
	if err != nil {
		return nil, err
	}
	isSpare := map[int]bool{}
	for _, i := range spare {
		isSpare[i] = true
	}
	var servers []Server
	listed := map[int]bool{}
	for _, i := range append(chosen, spare...) {
		if listed[i] {
			continue
		}
		listed[i] = true
		m := members[i]
		servers = append(servers, Server{
			Name: m.Name, Address: m.Address, Port: s.port(m, defaultDest),
			CheckPort: m.PatroniPort, CheckTLS: m.PatroniTLS, Weight: m.Weight, Backup: isSpare[i],
		})
	}
	return servers, nil
}

func choose(selector string, vars []*value.Dict) ([]int, error) {
	if selector == "" {
		return nil, nil
	}
	s, err := CompileSelector(selector)
	if err != nil {
		return nil, err
	}
	return s.Select(vars)
}

// port is where s leads to on m. A number is a port even if it was quoted; Pigsty takes a quoted one for 5432.
func (s Service) port(m Member, defaultDest string) int {
	dest := s.Dest
	if dest == "" || dest == "default" {
		dest = defaultDest
	}
	switch dest {
	case "pgbouncer":
		return m.PgbouncerPort
	case "postgres":
		return m.Port
	}
	if n, err := strconv.Atoi(dest); err == nil {
		return n
	}
	return m.Port
}

// RTO is a recovery time plan: how quickly Patroni and HAProxy take an instance for dead. Times without a unit are seconds.
type RTO struct {
	TTL, LoopWait, RetryTimeout, PrimaryStartTimeout, SafetyMargin int
	Inter, FastInter, DownInter                                    string // HAProxy's checks, with units
	Rise, Fall                                                     int
}

// RTOPlan reads an entry of pg_rto_plan: ten values in the order of RTO's fields.
func RTOPlan(entry []value.Value) (RTO, error) {
	if len(entry) != 10 {
		return RTO{}, fmt.Errorf("invalid entry of pg_rto_plan: want 10 values, not %d", len(entry))
	}
	var r RTO
	numbers := []*int{&r.TTL, &r.LoopWait, &r.RetryTimeout, &r.PrimaryStartTimeout, &r.SafetyMargin, nil, nil, nil, &r.Rise, &r.Fall}
	texts := map[int]*string{5: &r.Inter, 6: &r.FastInter, 7: &r.DownInter}
	for i, v := range entry {
		if t := texts[i]; t != nil {
			*t = value.Str(v)
			continue
		}
		n, err := strconv.Atoi(value.Str(v))
		if err != nil {
			return RTO{}, fmt.Errorf("invalid value %d of an entry of pg_rto_plan: want a number, not %s", i+1, value.Repr(v))
		}
		*numbers[i] = n
	}
	return r, nil
}

// DefaultServer are the options of HAProxy's servers under the plan.
func (r RTO) DefaultServer() string {
	return fmt.Sprintf("inter %s fastinter %s downinter %s rise %d fall %d on-marked-down shutdown-sessions slowstart 30s maxconn 3000 maxqueue 128 weight 100",
		whole(r.Inter), whole(r.FastInter), whole(r.DownInter), r.Rise, r.Fall)
}

// whole writes a time without a fraction, which HAProxy does not read: 0.5s is 500ms.
func whole(text string) string {
	d, err := time.ParseDuration(text)
	if err != nil || !strings.Contains(text, ".") {
		return text
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}
