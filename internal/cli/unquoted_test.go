package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pig/internal/format"
	"pig/internal/params"
)

var (
	printed     = regexp.MustCompile(`\{\{-?\s*(.*?)\s*-?\}\}`)
	textOf      = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`)
	identifier  = regexp.MustCompile(`[a-zA-Z_]\w*`)
	attribute   = regexp.MustCompile(`\.[a-zA-Z_]\w*|\b[a-z_]+=`)
	filterName  = regexp.MustCompile(`\|\s*\w+`)
	conditional = regexp.MustCompile(`(?:''|\d+)\s+if\s.*\selse\s+(?:''|\d+)`)
	comment     = regexp.MustCompile(`(?s)\{#.*?#\}`)
	mapped      = regexp.MustCompile(`\|\s*map\('(\w+)'\)\s*\|\s*join\('\\n'\)$`)
	contents    = regexp.MustCompile(`\b(?:content|block|line): "(?:[^"\\]|\\.)*"`)
	multiline   = regexp.MustCompile(`^\s*(?:- )?(?:content|block|line): \|`)
	macro       = regexp.MustCompile(`\{%-?\s*macro\s+(\w+)`)
	words       = []string{"if", "else", "is", "in", "not", "and", "or", "defined", "true", "false", "none"}
)

// safeKinds are the types of parameters whose values have a form that no format has a use for.
var safeKinds = []string{"bool"}

// everywhere are variables that follow from the inventory and have a form by that: addresses, names made of labels, facts that are
// numbers, lists in the templates themselves.
const everywhere = "inventory_hostname ansible_memtotal_mb ansible_processor_vcpus loop verb"

// made are contents of tasks that are whole files: templates, certificates and keys of pig's own, what a loop in the task lists.
const made = " lookup item ca ca_revoked etcd_ca etcd_cert etcd_admin_cert node_cert infra_cert portal_issued minio_cert pg_cert repo_key repo_signed"

// known are variables of one template that are no texts of the inventory, or are meant to be lines of the file.
var known = map[string]string{
	"node/templates/sudoers":              "unit", // of the list in the template
	"pgsql/templates/sudoers":             "unit",
	"infra/templates/home.conf":           "home names lines methods name path paths port infra_has portal_tls", // home.config is raw lines; the rest is set or called here
	"infra/templates/site.conf":           "site names name portal_tls guarded",                                 // site.config is raw lines
	"infra/templates/htpasswd":            "password name portal_domain match hash password_hash",               // a hash, or one line that is hashed
	"infra/templates/board.html":          "title uid",                                                          // of pig's own dashboards
	"infra/templates/index.html":          "o c s icon kind image",
	"infra/templates/peers.conf":          "part", // infra_parts of the role
	"infra/templates/store.service":       "store",
	"infra/templates/prometheus.yml":      "dir module",
	"logs/templates/logship.conf":         "log_stores_here",
	"logs/templates/source.conf":          "source group",     // of the roles
	"minio/templates/minio.env":           "minio_extra_vars", // raw lines
	"minio/templates/minio.service":       "minio_server",
	"node/templates/80-pigsty-tune.conf":  "p",
	"node/templates/hugepage.conf":        "wanted",
	"node/templates/firewall.nft":         "four six ansible_port node_firewall_public_port", // networks; numbers
	"pgsql/templates/bootstrap.yml":       "pg_dcs",                                          // through to_nice_yaml
	"pgsql/templates/database.txt":        "db at name",
	"pgsql/templates/patroni.yml":         "pg_rto_timing pg_template",
	"pgsql/templates/pg-alias.sh":         "as",
	"pgsql/templates/pgbackrest.conf":     "cores",
	"pgsql/templates/userlist.txt":        "nobody",
	"pgsql/templates/vip.conf":            "pg_api pg_vip_router",
	"redis/templates/redis.conf":          "item", // numbers
	"redis/templates/redis-sentinel.conf": "item",
	"redis/templates/redis.svc":           "redis_program",
	"etcd/tasks/launch.yml":               "etcd_root_password", // the whole file
	"pgsql/tasks/config.yml":              "pgsodium_key",
	"pg_members/tasks/ssh.yml":            "pg_ssh_lines", // lines of the node's own file, and keys of members
	"templates/upstream.list":             "key module",   // labels of the catalog
}

// A value that stands in a file goes through the serializer of the file's format, or has a form that leaves nothing to quote.
func TestValuesGoThroughASerializer(t *testing.T) {
	last := []string{"to_json", "to_yaml", "to_nice_yaml", "int", "length", "e", "quote", "bool", "float", "urlencode", "haproxy_bind"}
	for name := range format.Serializers() {
		last = append(last, name)
	}
	var files []string
	for _, pattern := range []string{"../../templates/*", "../../roles/*/templates/*", "../../roles/*/tasks/*.yml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		short := strings.TrimPrefix(strings.TrimPrefix(file, "../../roles/"), "../../")
		body := comment.ReplaceAllString(string(text), "")
		allowed := known[short]
		if strings.Contains(short, "/tasks/") {
			allowed += made
			body = strings.Join(append(contents.FindAllString(body, -1), blocks(body)...), "\n")
		}
		macros := map[string]bool{}
		for _, m := range macro.FindAllStringSubmatch(body, -1) {
			macros[m[1]] = true
		}
		for _, m := range printed.FindAllStringSubmatch(body, -1) {
			if why := unquoted(m[1], last, macros, allowed); why != "" {
				t.Errorf("%s: {{ %s }}: the value of %s goes into the file without a serializer: use a filter of internal/format, or enter the template in known", short, m[1], why)
			}
		}
	}
}

// blocks are the contents of tasks that are written as texts of several lines.
func blocks(tasks string) []string {
	var found []string
	depth := -1
	for line := range strings.Lines(tasks) {
		at := len(line) - len(strings.TrimLeft(line, " "))
		if strings.TrimSpace(line) != "" && at <= depth {
			depth = -1
		}
		if depth >= 0 {
			found = append(found, line)
		} else if multiline.MatchString(line) {
			depth = at
		}
	}
	return found
}

// unquoted names a variable in what is printed that may hold any text and goes through no serializer.
func unquoted(expr string, last []string, macros map[string]bool, known string) string {
	if m := mapped.FindStringSubmatch(expr); m != nil && slices.Contains(last, m[1]) {
		return ""
	}
	expr = textOf.ReplaceAllString(expr, "''")
	parts := strings.Split(expr, "|")
	if slices.Contains(last, identifier.FindString(strings.TrimSpace(parts[len(parts)-1]))) && len(parts) > 1 {
		return ""
	}
	if name, _, call := strings.Cut(expr, "("); call && macros[name] {
		return "" // what the macro prints is looked at there
	}
	expr = conditional.ReplaceAllString(expr, "''") // the choice between two texts
	expr = filterName.ReplaceAllString(expr, "")
	for _, id := range identifier.FindAllString(attribute.ReplaceAllString(expr, ""), -1) {
		p := params.Lookup(id)
		switch {
		case slices.Contains(words, id), slices.Contains(strings.Fields(known), id), p == nil && slices.Contains(strings.Fields(everywhere), id):
		case p != nil && p.Type.Object == nil && slices.Contains(safeKinds, p.Type.Kind):
		default:
			return id
		}
	}
	return ""
}
