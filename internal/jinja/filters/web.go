package filters

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"pig/internal/jinja/plugin"
	"pig/internal/jinja/python"
	"pig/internal/value"
)

func webFilters() plugin.Table {
	t := plugin.Table{}
	escape := func(s string, _ *plugin.Call) (value.Value, error) { return escapeHTML(s), nil }
	textFilter(t, "escape e forceescape", "", escape)
	t.Add("safe", "", 0, func(c *plugin.Call) (value.Value, error) { return c.Text(), nil })
	textFilter(t, "striptags", "", func(s string, _ *plugin.Call) (value.Value, error) {
		return strings.Join(strings.Fields(unescapeHTML(tags.ReplaceAllString(s, ""))), " "), nil
	})
	t.Add("urlencode", "", 0, urlencode)
	textFilter(t, "urldecode", "", func(s string, _ *plugin.Call) (value.Value, error) { return url.QueryUnescape(s) })
	textFilter(t, "urlsplit", "query", urlsplit)
	t.Add("urlize", "trim_url_limit nofollow target rel extra_schemes", 0, urlize)
	t.Add("xmlattr", "autospace", 0, xmlattr)
	return t
}

var tags = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)

func escapeHTML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;").Replace(s)
}

func unescapeHTML(s string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#39;", "'", "&#34;", `"`, "&quot;", `"`).Replace(s)
}

// quoteURL is urllib.parse.quote: what is neither unreserved nor in safe is escaped.
func quoteURL(s, safe string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("_.-~", c) >= 0,
			strings.IndexByte(safe, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return b.String()
}

func urlencode(c *plugin.Call) (value.Value, error) {
	if text, ok := value.Plain(c.In); ok {
		return quoteURL(text, "/"), nil
	}
	d, err := python.ToDict(c.In)
	if err != nil {
		if _, err := python.Items(c.In); err != nil {
			return quoteURL(c.Text(), "/"), nil //nolint:nilerr // what is no collection is a text
		}
		return nil, err
	}
	var parts []string
	plus := func(v value.Value) string { return strings.ReplaceAll(quoteURL(python.Str(v), " "), " ", "+") }
	for k, v := range d.All() {
		parts = append(parts, plus(k)+"="+plus(v))
	}
	return strings.Join(parts, "&"), nil
}

func xmlattr(c *plugin.Call) (value.Value, error) {
	space, err := c.Bool(0, true)
	if err != nil {
		return nil, err
	}
	d, err := python.ToDict(c.In)
	if err != nil {
		return nil, err
	}
	var parts []string
	for k, v := range d.All() {
		if v == nil {
			continue
		}
		name := python.Str(k)
		if strings.ContainsAny(name, " \t\n\f\r/>=") {
			return nil, fmt.Errorf("Invalid character in attribute name: %s", value.Repr(name))
		}
		parts = append(parts, escapeHTML(name)+`="`+escapeHTML(python.Str(v))+`"`)
	}
	out := strings.Join(parts, " ")
	if space && out != "" {
		out = " " + out
	}
	return out, nil
}

func urlsplit(s string, c *plugin.Call) (value.Value, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("the URL cannot be parsed")
	}
	d := value.DictOf("fragment", u.EscapedFragment(), "hostname", nil, "netloc", u.Host, "password", nil, "path", u.EscapedPath(),
		"port", nil, "query", u.RawQuery, "scheme", u.Scheme, "username", nil)
	if u.Opaque != "" {
		d.Set("path", u.Opaque)
	}
	if h := u.Hostname(); h != "" {
		d.Set("hostname", strings.ToLower(h))
	}
	if i, ok := parseInt(u.Port(), 10); ok {
		d.Set("port", value.Int(i))
	}
	if u.User != nil {
		d.Set("username", u.User.Username())
		d.Set("netloc", u.User.String()+"@"+u.Host)
		if p, ok := u.User.Password(); ok {
			d.Set("password", p)
		}
	}
	query, err := c.Str(0, "")
	if err != nil || query == "" {
		return d, err
	}
	v, ok := d.Get(query)
	if !ok {
		return nil, fmt.Errorf("unknown URL component: %s", query)
	}
	return v, nil
}
