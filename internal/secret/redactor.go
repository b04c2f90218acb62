package secret

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// minLength is the shortest secret that is looked for inside other text. Masking every "a" would hide nothing and make the
// text unreadable.
const minLength = 4

// minLineLength is the shortest line of a secret of many lines (a PEM key) that is masked by itself.
const minLineLength = 16

// Redactor masks known secrets in text that goes out. Texts are masked before they become part of a message: a finished
// line of JSON or a file's position has words in it that a password may be too. It is safe for concurrent use.
type Redactor struct {
	mu     sync.RWMutex
	known  map[string]bool
	public map[string]bool
	own    bool // see NewOwn
	built  *masks
}

// masks are the known secrets in the forms in which they travel.
type masks struct {
	strong *strings.Replacer // masked wherever they are
	weak   []string          // masked where they stand alone, the longest first
}

// NewRedactor knows the given secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{known: map[string]bool{}, public: map[string]bool{}}
	r.Add(secrets...)
	return r
}

// NewOwn knows the secrets of one task, also those that are too short to be looked for in what others say. Use it for what came
// of that task alone.
func NewOwn(secrets ...string) *Redactor {
	r := &Redactor{known: map[string]bool{}, public: map[string]bool{}, own: true}
	r.Add(secrets...)
	return r
}

// Add makes more secrets known, with the forms in which they usually travel: URL-escaped, base64, and as JSON.
func (r *Redactor) Add(secrets ...string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		r.add(s)
		if !strings.Contains(s, "\n") {
			continue
		}
		// A diff shows a key line by line.
		for line := range strings.SplitSeq(s, "\n") {
			if line = strings.TrimSpace(line); tells(line) || r.own && worded(line) {
				r.add(line)
			}
		}
	}
}

// Public names words that are no secrets although one may be part of them: a cluster pg-test stays readable where a
// password is "test". A word that is itself a secret stays one.
func (r *Redactor) Public(words ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range words {
		r.public[w] = true
	}
	r.built = nil
}

// tells whether a line of a secret tells a part of it by itself: neither the frame of a key nor an ordinary word.
func tells(line string) bool {
	return !strings.HasPrefix(line, "-----") && (len(line) >= minLineLength || !Weak(line))
}

// worded tells whether a line is more than the brackets or the frame that a secret of many lines has around it.
func worded(line string) bool {
	return !strings.HasPrefix(line, "-----") && strings.ContainsFunc(line, func(c rune) bool { return c >= 0x80 || wordy(byte(c)) })
}

func (r *Redactor) add(s string) {
	if len(s) < minLength && !r.own || s == "" || r.known[s] {
		return
	}
	r.known[s] = true
	r.built = nil
}

// Redact gives text with every known secret masked. One that is too short or too common to be looked for everywhere (see
// Weak) is masked where it stands alone, not inside of a word, a path, a number or a date.
func (r *Redactor) Redact(text string) string {
	if r == nil || text == "" {
		return text
	}
	m := r.current()
	text = m.strong.Replace(text)
	for _, w := range m.weak {
		text = maskAlone(text, w)
	}
	return text
}

// Name gives the name of a thing (a host, a file, a task) with those secrets masked that are no ordinary words.
func (r *Redactor) Name(text string) string {
	if r == nil || text == "" {
		return text
	}
	return r.current().strong.Replace(text)
}

// Knows tells whether text contains a known secret.
func (r *Redactor) Knows(text string) bool { return r.Redact(text) != text }

// Whole gives text with the known secrets masked, or only a mask if one is left in it: a part of a word, where what stays readable
// would tell what it is.
func (r *Redactor) Whole(text string) string {
	masked := r.Redact(text)
	for _, w := range r.current().weak {
		if len(w) < minLength && strings.Contains(text, w) || strings.Contains(masked, w) {
			return Mask
		}
	}
	return masked
}

// Within lists the known secrets that text contains, also as a part of a word.
func (r *Redactor) Within(text string) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var found []string
	for s := range r.known {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	slices.Sort(found)
	return found
}

// Found lists the known secrets that text contains.
func (r *Redactor) Found(text string) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var found []string
	for s := range r.known {
		if Weak(s) && alone(text, s, 0) >= 0 || !Weak(s) && strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	slices.Sort(found)
	return found
}

// jsonForms are how s looks inside a JSON string, with and without Go's care for HTML.
func jsonForms(s string) []string {
	var all []string
	for _, html := range []bool{true, false} {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(html)
		if err := e.Encode(s); err == nil {
			all = append(all, strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(b.String(), "\n"), `"`), `"`))
		}
	}
	return all
}

func (r *Redactor) current() *masks {
	r.mu.RLock()
	m := r.built
	r.mu.RUnlock()
	if m != nil {
		return m
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.built = r.build()
	return r.built
}

// build sorts the forms of all secrets, the longest first: strings.Replacer tries its arguments in order, and a short secret
// may be part of a long one.
func (r *Redactor) build() *masks {
	strong, weak := map[string]bool{}, map[string]bool{}
	for s := range r.known {
		for _, f := range append(jsonForms(s), s, url.QueryEscape(s), url.PathEscape(s)) {
			if Weak(f) {
				weak[f] = true
			} else {
				strong[f] = true
			}
		}
		strong[base64.StdEncoding.EncodeToString([]byte(s))] = true
	}
	sorted := longest(strong)
	pairs := make([]string, 0, 2*len(sorted))
	for w := range r.public { // where a public word begins, it is taken first, as it is
		if !r.known[w] && slices.ContainsFunc(sorted, func(s string) bool { return strings.Contains(w, s) }) {
			pairs = append(pairs, w, w)
		}
	}
	for _, f := range sorted {
		pairs = append(pairs, f, Mask)
	}
	return &masks{strings.NewReplacer(pairs...), longest(weak)}
}

func longest(set map[string]bool) []string {
	sorted := make([]string, 0, len(set))
	for s := range set {
		sorted = append(sorted, s)
	}
	slices.SortFunc(sorted, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return sorted
}
