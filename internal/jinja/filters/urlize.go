package filters

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

// link is how urlize writes what it finds in a text.
type link struct {
	attributes string // rel and target, each with a blank before
	target     string // target alone: links of e-mail addresses have no rel
	limit      int    // letters of a shown address; 0 is all
	schemes    []string
}

// urlize makes links of the web and e-mail addresses in a text, as Jinja2 does.
func urlize(c *plugin.Call) (value.Value, error) {
	limit, err := c.Int(0, 0)
	if err != nil {
		return nil, err
	}
	nofollow, err := c.Bool(1, false)
	if err != nil {
		return nil, err
	}
	target, _ := value.Plain(c.Val(2, nil))
	rel, _ := value.Plain(c.Val(3, nil))
	words := append(strings.Fields(rel), "noopener")
	if nofollow {
		words = append(words, "nofollow")
	}
	slices.Sort(words)
	l := link{limit: int(limit), attributes: ` rel="` + escapeHTML(strings.Join(slices.Compact(words), " ")) + `"`}
	if target != "" {
		l.target = ` target="` + escapeHTML(target) + `"`
		l.attributes += l.target
	}
	if schemes := c.Val(4, nil); schemes != nil {
		items, err := python.Items(schemes)
		if err != nil {
			return nil, err
		}
		for _, s := range items {
			l.schemes = append(l.schemes, python.Str(s))
		}
	}
	return notBlank.ReplaceAllStringFunc(escapeHTML(c.Text()), l.word), nil
}

var (
	notBlank  = regexp.MustCompile(`\S+`)
	openings  = regexp.MustCompile(`^(?:[(<]|&lt;)+`)
	endings   = regexp.MustCompile(`(?:[)>.,]|&gt;)+$`)
	webLink   = regexp.MustCompile(`(?i)^(?:(?:https?://|www\.)(?:(?:[\p{L}\p{N}_%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:[\p{L}\p{N}_%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?://(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\]))(?::\d{1,5})?(?:[/?#]\S*)?$`)
	emailLink = regexp.MustCompile(`^\S+@\w[\w.-]*\.\w+$`)
	pairs     = [][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}}
)

// word makes a link of a word that is an address, apart from brackets and stops around it.
func (l link) word(word string) string {
	head := openings.FindString(word)
	word = word[len(head):]
	tail := endings.FindString(word)
	word = word[:len(word)-len(tail)]
	for _, p := range pairs { // a closing bracket belongs to an opening one inside
		for range min(strings.Count(word, p[0])-strings.Count(word, p[1]), strings.Count(tail, p[1])) {
			at := strings.Index(tail, p[1]) + len(p[1])
			word, tail = word+tail[:at], tail[at:]
		}
	}
	return head + l.address(word) + tail
}

func (l link) address(word string) string {
	mail, isMail := strings.CutPrefix(word, "mailto:")
	switch {
	case webLink.MatchString(word):
		href := word
		if !strings.HasPrefix(word, "https://") && !strings.HasPrefix(word, "http://") {
			href = "https://" + word
		}
		return `<a href="` + href + `"` + l.attributes + `>` + l.shown(word) + `</a>`
	case isMail && emailLink.MatchString(mail):
		return `<a href="` + word + `"` + l.target + `>` + mail + `</a>`
	case !strings.Contains(word, ":") && !strings.HasPrefix(word, "www.") && emailLink.MatchString(word):
		return `<a href="mailto:` + word + `"` + l.target + `>` + word + `</a>`
	}
	for _, scheme := range l.schemes {
		if word != scheme && strings.HasPrefix(word, scheme) {
			return `<a href="` + word + `"` + l.attributes + `>` + word + `</a>`
		}
	}
	return word
}

func (l link) shown(address string) string {
	if l.limit <= 0 || utf8.RuneCountInString(address) <= l.limit {
		return address
	}
	return string([]rune(address)[:l.limit]) + "..."
}
