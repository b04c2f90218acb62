package etcd

import (
	"pig/internal/diag"
	"pig/internal/params"
)

// validator checks what an inventory says of etcd.
type validator struct{ *params.Validator }

// Validate checks what an inventory says of it.
func (Product) Validate(core *params.Validator) {
	v := &validator{core}
	if g := v.Inv.Group("etcd"); g != nil {
		if n := len(v.Inv.HostsOf(g)); n > 0 && n%2 == 0 {
			v.Add(diag.Warnf(g.Pos, "etcd has %d members", n).WithHint("declare an odd number of members: %d survive as many failures as %d", n, n-1))
		}
	}
	v.etcdTimes()
}

// etcdTimes checks what etcd refuses at its start: an election has to outlast several heartbeats.
func (v *validator) etcdTimes() {
	for _, h := range v.Inv.Hosts() {
		vars := v.Inv.Vars(h)
		if !vars.Has("etcd_seq") {
			continue
		}
		beat, okBeat := params.NumberOf(vars, "etcd_heartbeat_interval")
		election, okElection := params.NumberOf(vars, "etcd_election_timeout")
		if !okBeat || !okElection {
			continue
		}
		pos := params.FirstPos(vars, "etcd_election_timeout", "etcd_heartbeat_interval")
		switch {
		case beat < 1:
			v.Add(diag.Errorf(vars.ValuePos("etcd_heartbeat_interval"), "invalid etcd_heartbeat_interval %d: must be at least 1", beat))
		case election < 5*beat:
			v.Add(diag.Errorf(pos, "invalid etcd_election_timeout %d: must be at least 5 times etcd_heartbeat_interval, which is %d", election, beat))
		case election > 50000:
			v.Add(diag.Errorf(pos, "invalid etcd_election_timeout %d: must be at most 50000", election))
		}
	}
}
