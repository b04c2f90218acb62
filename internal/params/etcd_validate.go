package params

import (
	"pig/internal/diag"
)

// etcdValidator checks what an inventory says of etcd.
type etcdValidator struct{ *validator }

func validateEtcd(core *validator) {
	v := &etcdValidator{core}
	if g := v.inv.Group("etcd"); g != nil {
		if n := len(v.inv.HostsOf(g)); n > 0 && n%2 == 0 {
			v.add(diag.Warnf(g.Pos, "etcd has %d members", n).WithHint("declare an odd number of members: %d survive as many failures as %d", n, n-1))
		}
	}
	v.etcdTimes()
}

// etcdTimes checks what etcd refuses at its start: an election has to outlast several heartbeats.
func (v *etcdValidator) etcdTimes() {
	for _, h := range v.inv.Hosts() {
		vars := v.inv.Vars(h)
		if !vars.Has("etcd_seq") {
			continue
		}
		beat, okBeat := numberOf(vars, "etcd_heartbeat_interval")
		election, okElection := numberOf(vars, "etcd_election_timeout")
		if !okBeat || !okElection {
			continue
		}
		pos := firstPos(vars, "etcd_election_timeout", "etcd_heartbeat_interval")
		switch {
		case beat < 1:
			v.add(diag.Errorf(vars.ValuePos("etcd_heartbeat_interval"), "invalid etcd_heartbeat_interval %d: etcd wants at least 1", beat))
		case election < 5*beat:
			v.add(diag.Errorf(pos, "invalid etcd_election_timeout %d: etcd wants at least 5 times etcd_heartbeat_interval, which is %d", election, beat))
		case election > 50000:
			v.add(diag.Errorf(pos, "invalid etcd_election_timeout %d: etcd wants at most 50000", election))
		}
	}
}
