package model

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pig/internal/format"
)

// Owned tells whether a directive is for Redis or an operator to write: whom it follows, what sentinels know, its users.
func Owned(key string) bool {
	switch key {
	case "replicaof", "user", "latency-tracking-info-percentiles":
		return true
	}
	return strings.HasPrefix(key, "sentinel ")
}

// needRestart are the directives that take hold only when the server starts.
var needRestart = []string{
	"daemonize", "supervised", "databases", "always-show-logo", "set-proc-title", "tcp-backlog", "unixsocket", "unixsocketperm",
	"logfile", "pidfile", "syslog-enabled", "syslog-ident", "syslog-facility", "dir", "dbfilename", "appendfilename", "appenddirname",
	"rdbchecksum", "aclfile", "include", "loadmodule", "cluster-enabled", "cluster-config-file", "cluster-port", "io-threads", "disable-thp",
	"enable-protected-configs", "enable-debug-command", "enable-module-command", "socket-mark-id",
	"server-cpulist", "bio-cpulist", "aof-rewrite-cpulist", "bgsave-cpulist",
}

// NeedsRestart tells whether a change of a directive takes hold only when the server starts anew.
func NeedsRestart(key string) bool {
	return slices.Contains(needRestart, key) || strings.HasPrefix(key, "rename-command ")
}

// Secret tells whether the value of a directive must not be shown.
func Secret(key string) bool {
	return key == "requirepass" || key == "masterauth" || strings.HasSuffix(key, "-pass") || strings.HasPrefix(key, "rename-command ") || key == "user"
}

var size = regexp.MustCompile(`^(\d+)(b|k|kb|m|mb|g|gb)$`)

var units = map[string]int64{"b": 1, "k": 1000, "kb": 1 << 10, "m": 1000 * 1000, "mb": 1 << 20, "g": 1000 * 1000 * 1000, "gb": 1 << 30}

// Normal is the value of a directive in a form that is the same however it was written: the arguments of all its lines. An
// empty value is as good as none.
func Normal(key string, lines ...[]string) string {
	var all []string
	for _, args := range lines {
		for _, a := range args {
			low := strings.ToLower(a)
			switch found := size.FindStringSubmatch(low); {
			case found != nil && !Secret(key):
				n, _ := strconv.ParseInt(found[1], 10, 64)
				a = strconv.FormatInt(n*units[found[2]], 10)
			case low == "yes" || low == "no":
				a = low
			}
			all = append(all, a)
		}
	}
	if key == "dir" && len(all) == 1 && len(all[0]) > 1 {
		all[0] = strings.TrimSuffix(all[0], "/")
	}
	if key == "save" { // an empty save line forgets those before
		if at := slices.Index(all, ""); at >= 0 {
			all = all[at+1:]
		}
	}
	return strings.TrimSpace(strings.Join(all, " "))
}

// values are the normal values of the directives of some lines, by key.
func values(lines []Line) map[string]string {
	args := map[string][][]string{}
	for _, l := range lines {
		args[l.Key] = append(args[l.Key], l.Args)
	}
	m := map[string]string{}
	for k, a := range args {
		v := Normal(k, a...)
		if strings.HasPrefix(k, "rename-command ") {
			v = "as " + v // an empty name is a value: the command is switched off
		}
		if v != "" {
			m[k] = v
		}
	}
	return m
}

// Says tells whether a file says what is declared.
func (c Conf) Says(declared Conf) bool { return len(c.Differing(declared)) == 0 }

// Differing are the directives of which a file says something else than is declared. What Redis wrote on its own does not count
// against it, and neither do buffer limits, of which it writes others than it was told.
func (c Conf) Differing(declared Conf) []string {
	var keys []string
	want, have, own := values(declared.Lines), values(c.Lines), values(c.Own)
	for _, k := range append(declared.Keys(), c.Keys()...) {
		if Owned(k) && !strings.HasPrefix(k, "sentinel ") || k == "client-output-buffer-limit" || slices.Contains(keys, k) {
			continue
		}
		is, there := have[k]
		if !there {
			is = own[k]
		}
		if _, ours := want[k]; !ours && Owned(k) {
			continue
		}
		if want[k] != is {
			keys = append(keys, k)
		}
	}
	return keys
}

// Difference is a setting of a running server that is not what is declared.
type Difference struct {
	Key           string
	Before, After string // in their normal form
	Args          []string
	Restart       bool // it takes a restart
}

// Differences compares what is declared with what a running server says (CONFIG GET). What this version of it does not know
// is left out.
func Differences(declared Conf, live map[string]string) []Difference {
	want := values(declared.Lines)
	var all []Difference
	for _, k := range declared.Keys() {
		text, known := live[k]
		if !known || Owned(k) || strings.HasPrefix(k, "rename-command ") {
			continue
		}
		d := Difference{Key: k, Before: Normal(k, SplitWords(quoteless(k, text))), After: want[k], Restart: NeedsRestart(k)}
		for _, l := range declared.Lines {
			if l.Key == k {
				d.Args = append(d.Args, l.Args...)
			}
		}
		if d.Before == d.After || k == "client-output-buffer-limit" && hasLimits(d.Before, d.After) {
			continue
		}
		all = append(all, d)
	}
	return all
}

// quoteless keeps values of one word, such as passwords, from being split.
func quoteless(key, text string) string {
	if Secret(key) || key == "dir" || key == "logfile" {
		return format.RedisArgument(text)
	}
	return text
}

// hasLimits tells whether all limits of want are among those of have: four words for each class of clients.
func hasLimits(have, want string) bool {
	h, w := strings.Fields(strings.ReplaceAll(have, "slave", "replica")), strings.Fields(strings.ReplaceAll(want, "slave", "replica"))
	for i := 0; i+3 < len(w); i += 4 {
		if !strings.Contains(" "+strings.Join(h, " ")+" ", " "+strings.Join(w[i:i+4], " ")+" ") {
			return false
		}
	}
	return true
}

// Value is what CONFIG SET takes for a difference.
func (d Difference) Value() string {
	if d.Key == "save" {
		return d.After
	}
	return strings.Join(d.Args, " ")
}
