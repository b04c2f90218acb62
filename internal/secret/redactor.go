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
	mu    sync.RWMutex
	known map[string]bool
	own   bool // see NewOwn
	// The known secrets in the forms in which they travel. Those of unsorted come when something is to be masked: most redactors never
	// mask anything.
	unsorted []string
	strong   forms // masked wherever they are
	weak     forms // masked where they stand alone
	common   []string
	public   forms
}

// NewRedactor knows the given secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{known: map[string]bool{}}
	r.Add(secrets...)
	return r
}

// NewOwn knows the secrets of one task, also those that are too short to be looked for in what others say. Use it for what came
// of that task alone.
func NewOwn(secrets ...string) *Redactor {
	r := &Redactor{known: map[string]bool{}, own: true}
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
		if w != "" {
			r.public.add(w)
		}
	}
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
	r.unsorted = append(r.unsorted, s)
}

// Redact gives text with every known secret masked. One that is too short or too common to be looked for everywhere (see
// Weak) is masked where it stands alone, not inside of a word, a path, a number or a date.
func (r *Redactor) Redact(text string) string {
	if r == nil || text == "" {
		return text
	}
	r.read()
	defer r.mu.RUnlock()
	return r.weak.replace(r.masked(text), keepNone, standsAlone)
}

// Name gives the name of a thing (a host, a file, a task) with those secrets masked that are no ordinary words.
func (r *Redactor) Name(text string) string {
	if r == nil || text == "" {
		return text
	}
	r.read()
	defer r.mu.RUnlock()
	return r.masked(text)
}

// masked is text without the strong secrets. A public word is left as it is where one begins, if a secret is a part of it.
func (r *Redactor) masked(text string) string {
	public := func(w string) bool { return !r.known[w] && r.strong.within(w) }
	return r.strong.replace(text, func(rest string) string { return r.public.at(rest, public) }, anywhere)
}

// Knows tells whether text contains a known secret.
func (r *Redactor) Knows(text string) bool { return r.Redact(text) != text }

// Whole gives text with the known secrets masked, or only a mask if one is left in it: a part of a word, where what stays readable
// would tell what it is.
func (r *Redactor) Whole(text string) string {
	masked := r.Redact(text)
	r.read()
	defer r.mu.RUnlock()
	for _, w := range r.common {
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

// read sorts what was added, and keeps others from adding more until the caller unlocks mu for reading.
func (r *Redactor) read() {
	r.mu.RLock()
	if len(r.unsorted) == 0 {
		return
	}
	r.mu.RUnlock()
	r.mu.Lock()
	for _, s := range r.unsorted {
		r.sort(s)
	}
	r.unsorted = nil
	r.mu.Unlock()
	r.mu.RLock()
}

// sort adds the forms of a secret to those that are looked for everywhere, or where they stand alone.
func (r *Redactor) sort(s string) {
	for _, f := range append(jsonForms(s), s, url.QueryEscape(s), url.PathEscape(s)) {
		if Weak(f) {
			r.weak.add(f)
			r.common = append(r.common, f)
		} else {
			r.strong.add(f)
		}
	}
	r.strong.add(base64.StdEncoding.EncodeToString([]byte(s)))
}
