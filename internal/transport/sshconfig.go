package transport

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// many are keywords of which every value counts, not only the first.
var many = []string{"identityfile", "certificatefile"}

// maxIncludes is how deep Include may go, as in OpenSSH.
const maxIncludes = 16

// answers are the settings for one host: the first value of a keyword wins, as in OpenSSH.
type answers struct {
	home   string
	alias  string // what was asked for, which Host and Match originalhost compare
	login  string // the user that the inventory names
	values map[string][]string
	ignore []string // patterns of IgnoreUnknown
	final  bool     // the second pass, for Match final
	wanted bool     // some file asks for a second pass
}

func newAnswers(home, alias, login string) *answers {
	return &answers{home: home, alias: alias, login: login, values: map[string][]string{}}
}

func (a *answers) get(key string) string {
	if v := a.values[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// give keeps a setting unless an earlier one said something.
func (a *answers) give(s setting) {
	switch old := a.values[s.key]; {
	case slices.Contains(many, s.key):
		if !slices.Contains(old, s.val) {
			a.values[s.key] = append(old, s.val)
		}
	case len(old) == 0:
		a.values[s.key] = []string{s.val}
	}
}

// read takes in an ssh_config file; one that is not there has nothing to say.
func (a *answers) read(file string, depth int) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	if depth > maxIncludes {
		return fmt.Errorf("%s: Include is nested too deeply", file)
	}
	active := true
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		from := fmt.Sprintf("%s:%d", file, n)
		key, words, err := splitLine(line)
		if err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		if key == "" {
			continue
		}
		if active, err = a.line(key, words, from, file, active, depth); err != nil {
			return err
		}
	}
	return nil
}

// line takes in one line, and tells whether those after it are for this host.
func (a *answers) line(key string, words []string, from, file string, active bool, depth int) (bool, error) {
	if len(words) == 0 {
		return active, fmt.Errorf("%s: %s has no value", from, key)
	}
	switch key {
	case "host":
		return matchList(a.alias, words), nil
	case "match":
		return a.match(words, from)
	case "include":
		if !active {
			return active, nil
		}
		return active, a.include(words, file, depth)
	case "ignoreunknown":
		a.ignore = append(a.ignore, strings.Split(strings.Join(words, ","), ",")...)
		return active, nil
	}
	s := jumps(setting{key: key, val: strings.Join(words, " "), from: from})
	key = s.key
	if keywords[key] == 0 && slices.ContainsFunc(a.ignore, func(p string) bool { return wildcard(strings.ToLower(p), key) }) || !active {
		return active, nil
	}
	if len(a.values[key]) == 0 { // what an earlier line decided does not matter any more
		if key == "proxycommand" && a.get("proxyjump") != "" {
			return active, nil
		}
		if err := s.check(false); err != nil {
			return active, err
		}
	}
	a.give(s)
	return active, nil
}

func (a *answers) include(patterns []string, file string, depth int) error {
	for _, p := range patterns {
		p = Expand(p, a.home)
		if !filepath.IsAbs(p) {
			dir := filepath.Join(a.home, ".ssh")
			if strings.HasPrefix(file, "/etc/ssh/") {
				dir = "/etc/ssh"
			}
			p = filepath.Join(dir, p)
		}
		found, err := filepath.Glob(p)
		if err != nil {
			return fmt.Errorf("%s: Include %s: %w", file, p, err)
		}
		for _, f := range found {
			if err := a.read(f, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// match evaluates the conditions of Match. What runs a program is refused: pig would not know whether it did what ssh does.
func (a *answers) match(words []string, from string) (bool, error) {
	holds := true
	for i := 0; i < len(words); i++ {
		word, not := strings.CutPrefix(strings.ToLower(words[i]), "!")
		var met bool
		switch word {
		case "all":
			met = true
		case "canonical", "final":
			a.wanted = a.wanted || word == "final"
			met = a.final
		case "host", "originalhost", "user", "localuser", "tagged":
			if i++; i >= len(words) {
				return false, fmt.Errorf("%s: Match %s needs patterns", from, word)
			}
			met = matchList(a.subject(word), strings.Split(words[i], ","))
		default:
			return false, fmt.Errorf("%s: Match %s is not supported", from, words[i])
		}
		holds = holds && met != not
	}
	return holds, nil
}

// subject is what a condition of Match looks at.
func (a *answers) subject(condition string) string {
	switch condition {
	case "host":
		if name := a.get("hostname"); name != "" {
			return strings.ReplaceAll(name, "%h", a.alias)
		}
		return a.alias
	case "originalhost":
		return a.alias
	case "user":
		if name := a.get("user"); name != "" && a.login == "" {
			return name
		}
		if a.login != "" {
			return a.login
		}
	case "tagged":
		return a.get("tag")
	}
	return localUser()
}

func localUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// matchList tells whether a name fits a list of patterns; one with ! that fits says no.
func matchList(name string, patterns []string) bool {
	fits := false
	for _, p := range patterns {
		p, not := strings.CutPrefix(p, "!")
		if wildcard(p, name) {
			if not {
				return false
			}
			fits = true
		}
	}
	return fits
}

// wildcard compares as OpenSSH does: * and ? are special, brackets are not.
func wildcard(pattern, name string) bool {
	ok, err := path.Match(strings.NewReplacer("[", `\[`, "]", `\]`, `\`, `\\`).Replace(pattern), strings.ReplaceAll(name, "/", "\x00"))
	return ok && err == nil
}

// splitLine reads "Keyword value", "Keyword=value" and quoted values; "" for an empty line or a comment.
func splitLine(line string) (key string, words []string, err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", nil, nil
	}
	end := strings.IndexAny(line, " \t=")
	if end < 0 {
		return strings.ToLower(line), nil, nil
	}
	rest := strings.TrimSpace(line[end:])
	if strings.HasPrefix(rest, "=") {
		rest = strings.TrimSpace(rest[1:])
	}
	key = strings.ToLower(line[:end])
	if key == "proxycommand" || key == "localcommand" || key == "remotecommand" { // a command line is taken as it is
		return key, []string{rest}, nil
	}
	words, err = splitWords(rest)
	if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "#") }); i >= 0 {
		words = words[:i]
	}
	return key, words, err
}

// splitWords splits at spaces that no quotes protect.
func splitWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	in, quote := false, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, in = c, true
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`"'\ `, text[i+1]) >= 0 && quote != '\'':
			i++
			word.WriteByte(text[i])
			in = true
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n'):
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote %c is not closed", quote)
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}
