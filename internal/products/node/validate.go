package node

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"pig/internal/diag"
	"pig/internal/format"
	"pig/internal/inventory"
	"pig/internal/params"
	"pig/internal/value"
)

// validator checks what an inventory says of its hosts as such.
type validator struct{ *params.Validator }

// Validate checks what an inventory says of it.
func (Product) Validate(core *params.Validator) {
	v := &validator{core}
	for _, h := range v.Inv.Hosts() {
		v.nodeVIP(h)
		vars := v.Inv.Vars(h)
		v.Proxied(vars, "haproxy_services")
		for _, s := range params.Objects(vars, "haproxy_services") {
			v.ClaimPort(h, "service "+value.Str(s.At("name")), params.ServiceAddress(s), s.At("port"), s.ValuePos("port"))
		}
		v.ClaimVIP("vip_address", "vip_enabled", "node_cluster "+v.nodeCluster(h), value.Str(params.OrDefault(vars.At("vip_vrid"), "vip_vrid")), h)
	}
	v.sysctls()
	v.crontabs()
	v.aliases()
}

// systemAccounts are those that Debian has from the beginning, or that packages of pig's products bring.
var systemAccounts = strings.Fields("root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc nobody _apt sshd messagebus haproxy nginx etcd redis minio postgres grafana vector")

// crontabs warns of lines for accounts that nobody declares: cron passes over them with no more than a line in its log.
func (v *validator) crontabs() {
	for _, h := range v.Inv.Hosts() {
		vars := v.Inv.Vars(h)
		lines, _ := vars.At("node_crontab").(*value.List)
		if lines == nil {
			continue
		}
		known := slices.Clone(systemAccounts)
		for _, name := range []string{"node_admin_username", "pg_dbsu", "minio_user", "ansible_user"} {
			val := vars.At(name)
			if p := params.Lookup(name); val == nil && p != nil {
				val = p.Default
			}
			known = append(known, value.Str(val))
		}
		for i, item := range lines.Items {
			text, ok := item.(string)
			words := strings.Fields(text)
			if !ok || params.IsTemplate(text) || strings.Contains(text, "${") || len(words) < 3 || strings.HasPrefix(words[0], "#") || strings.Contains(words[0], "=") {
				continue
			}
			at := 5
			if strings.HasPrefix(words[0], "@") {
				at = 1
			}
			if at < len(words) && !slices.Contains(known, words[at]) {
				v.Add(diag.Warnf(lines.Pos(i), "account %q of node_crontab is not created by pig or the system: cron ignores the line until the account exists", words[at]))
			}
		}
	}
}

// sysctls checks the names and values of kernel parameters, each of which becomes a line.
func (v *validator) sysctls() {
	for _, h := range v.Inv.Hosts() {
		vars := v.Inv.Vars(h)
		d, ok := vars.At("node_sysctl_params").(*value.Dict)
		if !ok {
			continue
		}
		for key, val := range d.All() {
			if name := value.KeyText(key); !params.SysctlForm.MatchString(name) {
				v.Add(diag.Errorf(d.KeyPos(key), "invalid kernel parameter %q in node_sysctl_params: only letters, digits, _, ., / and -", name))
			}
			if strings.ContainsFunc(value.Str(val), unicode.IsControl) && !params.IsTemplate(val) {
				v.Add(diag.Errorf(d.ValuePos(key), "invalid value of kernel parameter %s: must be one line", value.KeyText(key)))
			} else if name := value.KeyText(key); !params.IsTemplate(val) && wrongSysctl(name, value.Str(val)) {
				v.Add(diag.Errorf(d.ValuePos(key), "invalid value %q of kernel parameter %s: must be a whole number, 0 or more", value.Str(val), name))
			}
		}
	}
}

// aliases checks the names of shell aliases, which no shell quotes.
func (v *validator) aliases() {
	for _, h := range v.Inv.Hosts() {
		d, ok := v.Inv.Vars(h).At("node_aliases").(*value.Dict)
		if !ok {
			continue
		}
		for key := range d.All() {
			if _, err := format.AliasName(value.KeyText(key)); err != nil {
				v.Add(diag.Errorf(d.KeyPos(key), "%v in node_aliases", err))
			}
		}
	}
}

// nodeCluster is the name of the nodes that share the address of h.
func (v *validator) nodeCluster(h *inventory.Host) string {
	vars := v.Inv.Vars(h)
	if name, ok := vars.At("node_cluster").(string); ok && name != "" {
		return name
	}
	return value.Str(params.OrDefault(nil, "node_cluster"))
}

func (v *validator) nodeVIP(h *inventory.Host) {
	vars := v.Inv.Vars(h)
	if !params.ToBool(vars.At("vip_enabled")) {
		return
	}
	for _, name := range []string{"vip_address", "vip_vrid"} {
		if vars.At(name) == nil {
			v.Add(diag.Errorf(v.Where(h, "vip_enabled"), "vip_enabled needs %s on host %s", name, h.Name))
		}
	}
	if s, ok := value.Plain(vars.At("vip_auth_pass")); ok && s != "" && !params.IsTemplate(s) {
		if _, err := format.KeepalivedWord(string([]rune(s)[:min(8, utf8.RuneCountInString(s))])); err != nil {
			v.Add(diag.Errorf(v.Where(h, "vip_auth_pass"), "invalid vip_auth_pass: keepalived cannot read this password").
				WithHint("write letters and digits: no tab, \", \\, $, ~ or @ in its first eight characters, or remove vip_auth_pass to generate a password"))
		}
	}
	if id, ok := params.ToInt(vars.At("vip_vrid")); ok && (id < 1 || id > 254) {
		v.Add(diag.Errorf(v.Where(h, "vip_vrid"), "vip_vrid must be 1 to 254, not %s", strconv.FormatInt(id, 10)))
	}
}
