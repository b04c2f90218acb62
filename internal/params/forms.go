package params

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the controller may have no list of time zones
	"unicode"

	"golang.org/x/crypto/ssh"
)

// form is a kind of text that has to read in a certain way: what it is called to a user, and whether a text is one. Texts with
// placeholders are only known to be one line: the serializer of the file sees the rest.
type form struct {
	called string
	is     func(s string) bool
}

// forms are the kinds of such texts. What they check would otherwise fail on a node, in the middle of a run, or not at all.
func forms() map[string]form {
	return map[string]form{
		"dir":         {"an absolute path other than /, without blanks, quotes and ..", func(s string) bool { return s == "" || isDirectory(s) }},
		"own_dir":     {"an absolute path without blanks, quotes and .., and no directory of the system's", func(s string) bool { return s == "" || isDirectory(s) && !SystemDirectory(s) }},
		"host_record": {"an address and its names, such as 10.10.10.10 i.pigsty", isHostRecord},
		"nameserver":  {"an IP address of a server", isNameServer},
		"ntp_source":  {"a line of chrony, such as pool pool.ntp.org iburst", isTimeSource},
		"cron_system": {"five times, a user and a command, such as 00 03 * * * root /usr/bin/true", func(s string) bool { return isCronLine(s, 2) }},
		"cron_user":   {"five times and a command, such as 00 01 * * * /pg/bin/pg-backup full", func(s string) bool { return isCronLine(s, 1) }},
		"public_key":  {"a public key of SSH, such as ssh-ed25519 AAAA... me@home", isPublicKey},
		"endpoint":    {"a host and a port, such as 10.10.10.10:3000", isEndpoint},
		"bucket":      {"a name of 3 to 63 small letters, digits, dots and dashes, no dot beside a dot or a dash, and no IP address", isBucket},
		"disks":       {"an absolute path other than the system's directories, where {1...4} expands to several disks, the lower number first", isDisks},
		"days":        {"whole days, at least one, such as 397d", daysForm.MatchString},
		"proxy_time":  {"a time with us, ms, s, m, h or d, such as 30s or 24h, of at most 24 days", isProxyTime},
		"scrape_time": {"a time with ms, s, m, h or d, such as 10s", scrapeTimeForm.MatchString},
		"day":         {"a day, such as 2030-12-31, or infinity", isDay},
		"account":     {"the name of an account: letters, digits, _ and -, at most 32, and not root", func(s string) bool { return s != "root" && accountForm.MatchString(s) }},
		"username":    {"a name of at most 63 bytes in one line", isName},
		"password":    {"a password in one line", func(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }},
		"timezone":    {"a time zone, such as Asia/Shanghai", isZone},
		"label":       {"a name of letters, digits, _, . and -", LabelForm.MatchString},
		"name":        {"a name of at most 63 bytes in one line", isName},
		"dns_option":  {"options of resolv.conf, such as timeout:1", dnsOptionForm.MatchString},
		"dns_suffix":  {"the end of a domain name, such as .vip: letters, digits, _, . and -", func(s string) bool { return domainForm.MatchString("x"+s) && !strings.Contains(s, "..") }},
		"domain":      {"a domain name, such as i.pigsty", func(s string) bool { return s == "" || domainForm.MatchString(s) }},
		"sha256":      {"a SHA-256 checksum of 64 hexadecimal digits, as sha256sum prints it", sha256Form.MatchString},
		"checksum":    {"a checksum such as sha256:9f86d0...: sha256, sha384 or sha512, a colon, and its hexadecimal digits", checksumForm.MatchString},
		"repo_key":    {"a file, an https URL, or environment", isRepositoryKey},
		"cmdb_url":    {"a database URL with a user and without a password, such as postgres://dbuser_inventory@10.10.10.10:5432/meta", func(s string) bool { return s == "" || cmdbURLForm.MatchString(s) }},
		"snapshot":    {"seconds, at least one, and changes, such as 1200 1", snapshotForm.MatchString},
		"memory":      {"a whole number of bytes, or one with k, kb, m, mb, g or gb, such as 64MB", isMemory},
	}
}

// The forms of names that stand in paths, units and rules. LabelForm is a name of letters, digits, _, . and -, SysctlForm one of the kernel.
var (
	accountForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,31}$`) // it becomes a directory, and stands in sudoers and units
	zoneForm    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$`)
	SysctlForm  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./*-]*$`)
	LabelForm   = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	dayForm     = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(?: ?([+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z0-9_/+-]*))?$`)
	zoneWord    = regexp.MustCompile(`^(?:[Zz]|[A-Z]{3,4})$`)
	// It becomes an entry of /etc/hosts, a line of resolv.conf, a server name of nginx.
	dnsOptionForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9:_-]*(?: +[A-Za-z][A-Za-z0-9:_-]*)*$`)
	dirForm       = regexp.MustCompile(`^(?:/[\p{L}\p{N}_.+@:~-]*)+$`) // what shells, unit files and configurations take as one word
	domainForm    = regexp.MustCompile(`^(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:\.\*)?$`)

	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	daysForm   = regexp.MustCompile(`^0*[1-9]\d{0,4}d?$`)
	// HAProxy counts milliseconds in 31 bits.
	proxyTimeForm  = regexp.MustCompile(`^(\d{1,12})(us|ms|s|m|h|d)?$`)
	scrapeTimeForm = regexp.MustCompile(`^(?:(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w|y))+|\d+(?:\.\d+)?)$`)

	cmdbURLForm  = regexp.MustCompile(`^postgres(?:ql)?://[^\s/:@?#\[\]]+@(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/[^\s/?#]+(?:\?sslmode=(?:disable|require|verify-ca|verify-full))?$`)
	snapshotForm = regexp.MustCompile(`^[1-9]\d{0,8} \d{1,9}$`)
	memoryForm   = regexp.MustCompile(`(?i)^(\d+)(b|kb?|mb?|gb?)?$`)
	diskRange    = regexp.MustCompile(`\{\d+\.\.\.\d+\}`)
)

// isBucket takes what S3 takes for the name of a bucket.
func isBucket(s string) bool {
	_, err := netip.ParseAddr(s)
	return err != nil && bucketForm.MatchString(s) && !strings.Contains(s, "..") && !strings.Contains(s, ".-") && !strings.Contains(s, "-.")
}

// isProxyTime takes what HAProxy takes for a time.
func isProxyTime(s string) bool {
	m := proxyTimeForm.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	unit := map[string]int64{"": 1, "ms": 1, "s": 1e3, "m": 60e3, "h": 3600e3, "d": 86400e3}[m[2]]
	return err == nil && n*unit <= math.MaxInt32
}

// isMemory takes what Redis takes for an amount of memory, which it counts in 63 bits.
func isMemory(s string) bool {
	m := memoryForm.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	shift := map[string]int{"": 0, "b": 0, "k": 10, "m": 20, "g": 30}[strings.ToLower(m[2][:min(1, len(m[2]))])]
	return err == nil && n <= math.MaxInt64>>shift
}

// isZone takes a time zone that the database of time zones has.
func isZone(s string) bool {
	if s == "" {
		return true
	}
	_, err := time.LoadLocation(s)
	return err == nil && s != "Local" && zoneForm.MatchString(s)
}

// isName takes what PostgreSQL can name an object: quotes are somebody else's, but a name ends with its line.
func isName(s string) bool {
	return s != "" && len(s) <= 63 && !strings.ContainsFunc(s, unicode.IsControl)
}

// oneLine tells whether a text is one line, and no second one of the file that it goes into. It may end with its line.
func oneLine(s string) bool {
	return !strings.ContainsFunc(strings.TrimRight(s, "\n"), func(c rune) bool { return unicode.IsControl(c) && c != '\t' })
}

// manyLines tells whether a text may have several lines: it is raw lines, prose, a program's arguments, an expression, or a secret,
// whose kind says what it may be.
func manyLines(p *Param) bool {
	named := []string{"minio_extra_vars", "config", "comment", "description", "desc", "desc_cn", "title", "icu_rules"}
	return p.Secret || p.Type.Kind == "jmespath" || slices.Contains(named, p.Name) || strings.HasSuffix(p.Name, "_options")
}

func isHostRecord(s string) bool {
	words := strings.Fields(s)
	if at := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "#") }); at >= 0 {
		words = words[:at] // a comment
	}
	if len(words) < 2 || !oneLine(s) || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "#") }) {
		return false
	}
	_, err := netip.ParseAddr(words[0])
	return err == nil
}

func isNameServer(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && !a.IsUnspecified() && !a.IsMulticast()
}

func isTimeSource(s string) bool {
	words := strings.Fields(s)
	return len(words) >= 2 && oneLine(s) && slices.Contains([]string{"server", "pool", "peer", "refclock"}, words[0])
}

func isPublicKey(s string) bool {
	_, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s))
	return err == nil && oneLine(s)
}

func isEndpoint(s string) bool {
	host, port, err := net.SplitHostPort(s)
	n, bad := strconv.Atoi(port)
	return err == nil && host != "" && !strings.ContainsAny(host, " /") && bad == nil && n > 0 && n < 65536
}

func isDisks(s string) bool {
	for _, r := range diskRange.FindAllString(s, -1) {
		var first, last int
		if _, err := fmt.Sscanf(r, "{%d...%d}", &first, &last); err != nil || first > last {
			return false
		}
	}
	if plain := diskRange.ReplaceAllString(s, "1"); SystemDirectory(plain) || slices.Contains(strings.Split(plain, "/"), "..") {
		return false
	}
	return strings.HasPrefix(s, "/") && !strings.ContainsAny(diskRange.ReplaceAllString(s, ""), "{}")
}

// isDay takes what PostgreSQL takes for the end of a password: a day, and maybe a time of the day and its zone.
func isDay(s string) bool {
	if s == "" || s == "infinity" {
		return true
	}
	m := dayForm.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	if _, err := time.Parse(time.DateOnly, m[1]); err != nil {
		return false
	}
	at, zone := m[2], m[3]
	if at != "" {
		_, minutes := time.Parse("15:04", at)
		_, seconds := time.Parse(time.TimeOnly, at)
		if minutes != nil && seconds != nil {
			return false
		}
	}
	return zone == "" || zone[0] == '+' || zone[0] == '-' || zoneWord.MatchString(zone) || isZone(zone)
}
