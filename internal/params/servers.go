package params

import (
	"net/netip"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

// NumberOf is a whole number of a host or its default; false where only a run can tell, or where it is none.
func NumberOf(vars *value.Dict, name string) (int64, bool) {
	val, set := vars.Get(name)
	if !set {
		val = Lookup(name).Default
	}
	if IsTemplate(val) {
		return 0, false
	}
	return ToInt(val)
}

// Proxied checks what HAProxy is to listen on, how it asks its servers, and where they are.
func (v *Validator) Proxied(vars *value.Dict, lists ...string) {
	for _, list := range lists {
		for _, s := range Objects(vars, list) {
			if ip, ok := value.Plain(s.At("ip")); ok && !IsTemplate(ip) && !hasPlaceholder(ip) && ip != "" && ip != "*" && !IsAddress(ip) {
				v.Add(diag.Errorf(s.ValuePos("ip"), "invalid ip %q of service %s: want an address of the node, or * for all", ip, value.Str(s.At("name"))))
			}
			if check, ok := value.Plain(s.At("check")); ok && !IsTemplate(check) && (!strings.HasPrefix(check, "/") || strings.ContainsAny(check, " \t")) {
				v.Add(diag.Errorf(s.ValuePos("check"), "invalid check %q of service %s: want a path such as /primary", check, value.Str(s.At("name"))))
			}
			servers, _ := s.At("servers").(*value.List)
			if servers == nil {
				continue
			}
			for i, server := range servers.Items {
				if d, ok := server.(*value.Dict); ok {
					v.server(Object{d, servers.Pos(i)})
				}
			}
		}
	}
}

func (v *Validator) server(s Object) {
	ip, ok := value.Plain(s.At("ip"))
	if ok && !IsTemplate(ip) && !hasPlaceholder(ip) && !isHostOrAddress(ip) {
		v.Add(diag.Errorf(s.ValuePos("ip"), "invalid ip %q of server %s: want an address or the name of a host", ip, value.Str(s.At("name"))))
	}
}

// isHostOrAddress takes an address, or a name that is not meant as one.
func isHostOrAddress(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	last := text[strings.LastIndexByte(text, '.')+1:]
	return domainForm.MatchString(text) && !strings.HasPrefix(text, "*") && strings.Trim(last, "0123456789") != ""
}

// FirstPos is the place of the first of some parameters that is set.
func FirstPos(vars *value.Dict, names ...string) diag.Pos {
	for _, n := range names {
		if vars.Has(n) {
			return vars.ValuePos(n)
		}
	}
	return diag.Pos{}
}
