package infra

import (
	"strings"

	"pig/internal/diag"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/value"
)

// validator checks what an inventory says of the infra nodes: their portal, package repositories, and admin_ip.
type validator struct{ *params.Validator }

// Validate checks what an inventory says of it.
func (Product) Validate(core *params.Validator) {
	v := &validator{core}
	v.repositories()
	v.admin()
	v.domains()
	v.page()
	v.sources()
	v.modules()
}

// first is the first infra host with its variables, nil without one.
func (v *validator) first() (*inventory.Host, *value.Dict) {
	g := v.Inv.Group("infra")
	if g == nil || len(v.Inv.HostsOf(g)) == 0 {
		return nil, nil
	}
	h := v.Inv.HostsOf(g)[0]
	return h, v.Inv.Vars(h)
}

// page tells of a page of the inventory whose data source would have no password.
func (v *validator) page() {
	first, vars := v.first()
	if first == nil {
		return
	}
	if url, _ := vars.At("grafana_cmdb_url").(string); url != "" && vars.At("grafana_view_password") == nil {
		v.Add(diag.Errorf(v.Where(first, "grafana_cmdb_url"), "grafana_cmdb_url is set, but grafana_view_password is not").
			WithHint("set grafana_view_password to the password of the user in grafana_cmdb_url (docs/cmdb.md)"))
	}
}

// What names something that nobody declares may still be there, made by hand: it is told, and not refused.

// admin warns of an admin_ip that is no infra node, where all others look for packages, names and time.
func (v *validator) admin() {
	first, vars := v.first()
	if first == nil {
		return
	}
	address, ok := vars.At("admin_ip").(string)
	if !ok || params.IsTemplate(address) || !params.IsAddress(address) {
		return
	}
	for _, h := range v.Inv.HostsOf(v.Inv.Group("infra")) {
		vars := v.Inv.Vars(h)
		vip, _ := vars.At("vip_address").(string)
		if h.Name == address || vars.At("ansible_host") == address || vip == address {
			return
		}
	}
	v.Add(diag.Warnf(v.Where(first, "admin_ip"), "admin_ip %s not found among the infra nodes", address).WithHint("set admin_ip to the address of an infra host: the other hosts get packages, names and time there"))
}

// domains tells sites of the portal that have a name in common: nginx would serve the first of them only.
func (v *validator) domains() {
	_, vars := v.first()
	sites, _ := vars.At("infra_portal").(*value.Dict)
	if sites == nil {
		return
	}
	first := map[string]string{}
	for key, val := range sites.All() {
		site, ok := val.(*value.Dict)
		if !ok {
			continue
		}
		names := []value.Value{site.At("domain")}
		if more, ok := site.At("domains").(*value.List); ok {
			names = append(names, more.Items...)
		}
		for _, n := range names {
			name, ok := n.(string)
			if !ok || name == "" {
				continue
			}
			if other, taken := first[name]; taken && other != value.KeyText(key) {
				v.Add(diag.Errorf(sites.KeyPos(key), "sites %s and %s of infra_portal have the same domain %s", other, value.KeyText(key), name))
			}
			first[name] = value.KeyText(key)
		}
	}
}

// repositories checks what packages are taken on: keys that come from the network need a checksum, as nothing else tells whose they
// are.
func (v *validator) repositories() {
	for _, h := range v.Inv.Hosts() {
		for _, r := range params.Objects(v.Inv.Vars(h), "repo_upstream") {
			key, _ := r.At("key").(string)
			if strings.HasPrefix(key, "https://") && !params.IsTemplate(key) && r.At("key_sha256") == nil {
				v.Add(diag.Warnf(r.ValuePos("key"), "the key of repository %s has no checksum: a forged server could replace the key", value.Str(r.At("name"))).
					WithHint("curl -fsSL %s | sha256sum, compare the checksum with the one of the publisher, and write key_sha256: SUM; or store the key in a file beside the inventory", key))
			}
			urls, _ := r.At("baseurl").(*value.Dict)
			if urls == nil {
				continue
			}
			for region, u := range urls.All() {
				if text, ok := u.(string); ok && !params.IsTemplate(text) && !params.IsRepositoryLine(text) {
					v.Add(diag.Errorf(urls.ValuePos(region), "invalid baseurl of repository %s: want one line, such as https://mirror.example.org/debian trixie main", value.Str(r.At("name"))))
				}
			}
		}
	}
}
