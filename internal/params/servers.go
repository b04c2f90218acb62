package params

import (
	"net/netip"
	"strings"

	"pig/internal/diag"
	"pig/internal/value"
)

func numberOf(vars *value.Dict, name string) (int64, bool) {
	val, set := vars.Get(name)
	if !set {
		val = Lookup(name).Default
	}
	if IsTemplate(val) {
		return 0, false
	}
	return toInt(val)
}

// proxied checks what HAProxy is to listen on, how it asks its servers, and where they are.
func (v *validator) proxied(vars *value.Dict, lists ...string) {
	for _, list := range lists {
		for _, s := range items(vars, list) {
			if ip, ok := value.Plain(s.At("ip")); ok && !IsTemplate(ip) && !hasPlaceholder(ip) && ip != "" && ip != "*" && !isAddress(ip) {
				v.add(diag.Errorf(s.ValuePos("ip"), "invalid ip %q of service %s: want an address of the node, or * for all", ip, value.Str(s.At("name"))))
			}
			if check, ok := value.Plain(s.At("check")); ok && !IsTemplate(check) && (!strings.HasPrefix(check, "/") || strings.ContainsAny(check, " \t")) {
				v.add(diag.Errorf(s.ValuePos("check"), "invalid check %q of service %s: want a path such as /primary", check, value.Str(s.At("name"))))
			}
			servers, _ := s.At("servers").(*value.List)
			if servers == nil {
				continue
			}
			for i, server := range servers.Items {
				if d, ok := server.(*value.Dict); ok {
					v.server(located{d, servers.Pos(i)})
				}
			}
		}
	}
}

func (v *validator) server(s located) {
	ip, ok := value.Plain(s.At("ip"))
	if ok && !IsTemplate(ip) && !hasPlaceholder(ip) && !isHostOrAddress(ip) {
		v.add(diag.Errorf(s.ValuePos("ip"), "invalid ip %q of server %s: want an address or the name of a host", ip, value.Str(s.At("name"))))
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
