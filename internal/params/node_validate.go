package params

import (
	"strconv"
	"strings"
	"unicode"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/inventory"
	"pig/internal/value"
)

// nodeValidator checks what an inventory says of its hosts as such.
type nodeValidator struct{ *validator }

func validateNode(core *validator) {
	v := &nodeValidator{core}
	for _, h := range v.inv.Hosts() {
		v.nodeVIP(h)
		vars := v.inv.Vars(h)
		v.proxied(vars, "haproxy_services")
		for _, s := range items(vars, "haproxy_services") {
			v.claimPort(h, "service "+value.Str(s.At("name")), addressOf(s), s.At("port"), s.ValuePos("port"))
		}
		v.claimVIP("vip_address", "vip_enabled", "node_cluster "+v.nodeCluster(h), value.Str(or(vars.At("vip_vrid"), "vip_vrid")), h)
	}
	v.sysctls()
	v.aliases()
}

// sysctls checks the names and values of kernel parameters, each of which becomes a line.
func (v *nodeValidator) sysctls() {
	for _, h := range v.inv.Hosts() {
		vars := v.inv.Vars(h)
		d, ok := vars.At("node_sysctl_params").(*value.Dict)
		if !ok {
			continue
		}
		for key, val := range d.All() {
			if name := value.KeyText(key); !sysctlForm.MatchString(name) {
				v.add(diag.Errorf(d.KeyPos(key), "invalid kernel parameter %q in node_sysctl_params: only letters, digits, _, ., / and -", name))
			}
			if strings.ContainsFunc(value.Str(val), unicode.IsControl) && !IsTemplate(val) {
				v.add(diag.Errorf(d.ValuePos(key), "invalid value of kernel parameter %s: must be one line", value.KeyText(key)))
			}
		}
	}
}

// aliases checks the names of shell aliases, which no shell quotes.
func (v *nodeValidator) aliases() {
	for _, h := range v.inv.Hosts() {
		d, ok := v.inv.Vars(h).At("node_aliases").(*value.Dict)
		if !ok {
			continue
		}
		for key := range d.All() {
			if _, err := format.AliasName(value.KeyText(key)); err != nil {
				v.add(diag.Errorf(d.KeyPos(key), "%v in node_aliases", err))
			}
		}
	}
}

// nodeCluster is the name of the nodes that share the address of h.
func (v *nodeValidator) nodeCluster(h *inventory.Host) string {
	vars := v.inv.Vars(h)
	if name, ok := vars.At("node_cluster").(string); ok && name != "" {
		return name
	}
	return value.Str(or(nil, "node_cluster"))
}

func (v *nodeValidator) nodeVIP(h *inventory.Host) {
	vars := v.inv.Vars(h)
	if !truthy(vars.At("vip_enabled")) {
		return
	}
	for _, name := range []string{"vip_address", "vip_vrid"} {
		if vars.At(name) == nil {
			v.add(diag.Errorf(v.where(h, "vip_enabled"), "vip_enabled needs %s on host %s", name, h.Name))
		}
	}
	if id, ok := toInt(vars.At("vip_vrid")); ok && (id < 1 || id > 254) {
		v.add(diag.Errorf(v.where(h, "vip_vrid"), "vip_vrid must be 1 to 254, not %s", strconv.FormatInt(id, 10)))
	}
}
