package params

import (
	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/value"
)

// portClaim is a port that something on a host wants.
type portClaim struct {
	what, ip string // ip: the address that it listens on, "" for all
	number   value.Value
	pos      diag.Pos
}

// ClaimPort says that something on a host wants a port: a text or number as the inventory has it, at a place that need not be known.
func (v *Validator) ClaimPort(h *inventory.Host, what, ip string, number value.Value, pos diag.Pos) {
	v.portClaims[h.Name] = append(v.portClaims[h.Name], portClaim{what, ip, number, pos})
}

// ClaimPorts claims the keys of a mapping, each of which is a port.
func (v *Validator) ClaimPorts(h *inventory.Host, param, what string) {
	entries, ok := v.Inv.Vars(h).At(param).(*value.Dict)
	if !ok {
		return
	}
	for key := range entries.All() {
		v.ClaimPort(h, what, "", key, entries.KeyPos(key))
	}
}

// ports tells what wants the same port of a host: the parameters of products that name one, and what products claim. Only one of them
// would start.
func (v *Validator) ports() {
	for _, h := range v.Inv.Hosts() {
		vars := v.Inv.Vars(h)
		taken := &takenPorts{v: v, by: map[int64][]portClaim{}}
		if _, elsewhere := vars.Get("ansible_host"); elsewhere || vars.At("ansible_port") == nil { // else it may be that of a tunnel
			taken.take(portClaim{what: "the SSH server", number: int64(22)})
		} else {
			taken.take(portClaim{"the SSH server", "", vars.At("ansible_port"), v.Inv.Where(h, "ansible_port")})
		}
		for _, l := range v.catalog.Listeners {
			if v.IsMember(h, l.Module) && (l.Enabled == "" || ToBool(OrDefault(vars.At(l.Enabled), l.Enabled))) {
				taken.take(portClaim{l.Param, "", OrDefault(vars.At(l.Param), l.Param), v.Inv.Where(h, l.Param)})
			}
		}
		for _, claim := range v.portClaims[h.Name] {
			taken.take(claim)
		}
	}
}

type takenPorts struct {
	v  *Validator
	by map[int64][]portClaim
}

func (t *takenPorts) take(c portClaim) {
	n, ok := ToInt(c.number)
	if !ok {
		return
	}
	for _, other := range t.by[n] {
		if other.ip != "" && c.ip != "" && other.ip != c.ip {
			continue
		}
		if !c.pos.Known() {
			c.pos = other.pos
		}
		t.v.Add(diag.Errorf(c.pos, "%s and %s use the same port %d", other.what, c.what, n).WithHint("change the port of one of them: on a node with both, only one would start"))
	}
	t.by[n] = append(t.by[n], c)
}

// OrDefault is v, or the default of a parameter where v is not set.
func OrDefault(v value.Value, param string) value.Value {
	if v == nil {
		return Lookup(param).Default
	}
	return v
}

// ServiceAddress is the address that a service listens on, "" for all.
func ServiceAddress(s Object) string {
	for _, field := range []string{"ip", "src_ip"} {
		if ip, ok := s.At(field).(string); ok && ip != "*" {
			return ip
		}
	}
	return ""
}
