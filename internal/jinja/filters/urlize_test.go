package filters_test

import (
	"testing"

	"pig/internal/jinja/jinjatest"
)

// The answers are Jinja2's.
func TestUrlizeLinksAddresses(t *testing.T) {
	t.Parallel()
	jinjatest.WantAll(t, empty, map[string]string{
		"'see https://a.example/x.' | urlize":                                         `'see <a href="https://a.example/x" rel="noopener">https://a.example/x</a>.'`,
		"'(https://a.example/x)' | urlize":                                            `'(<a href="https://a.example/x" rel="noopener">https://a.example/x</a>)'`,
		"'www.a.example, b' | urlize":                                                 `'<a href="https://www.a.example" rel="noopener">www.a.example</a>, b'`,
		"'<https://a.example>' | urlize":                                              `'&lt;<a href="https://a.example" rel="noopener">https://a.example</a>&gt;'`,
		"'https://a.example/x_(y)' | urlize":                                          `'<a href="https://a.example/x_(y)" rel="noopener">https://a.example/x_(y)</a>'`,
		"'x http://a.example/?a=b&c=d; y' | urlize":                                   `'x <a href="http://a.example/?a=b&amp;c=d;" rel="noopener">http://a.example/?a=b&amp;c=d;</a> y'`,
		"'me@a.example' | urlize":                                                     `'<a href="mailto:me@a.example">me@a.example</a>'`,
		"'mailto:me@a.example' | urlize(target='_blank')":                             `'<a href="mailto:me@a.example" target="_blank">me@a.example</a>'`,
		"'tel:123' | urlize(extra_schemes=['tel:'])":                                  `'<a href="tel:123" rel="noopener">tel:123</a>'`,
		"'aa.com a.example ftp://a.example me@a.example!' | urlize":                   `'<a href="https://aa.com" rel="noopener">aa.com</a> a.example ftp://a.example me@a.example!'`,
		"'https://a.example/long/path' | urlize(10, true, target='_blank', rel='me')": `'<a href="https://a.example/long/path" rel="me nofollow noopener" target="_blank">https://a....</a>'`,
	})
}
