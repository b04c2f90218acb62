package runtime_test

import (
	"strings"
	"testing"

	"pig/internal/diag"
	"pig/internal/jinja"
	"pig/internal/jinja/jinjatest"
	"pig/internal/secret"
	"pig/internal/value"
)

const hidden = "s3cr3t-pw"

func secretScope() *jinja.Scope {
	pw := secret.New(hidden)
	return jinjatest.Scope("pw", pw, "user", "bob", "d", value.DictOf("pw", pw, "port", int64(5)), "l", value.NewList(pw, "x"),
		"tpl", secret.New("{{ user }}-{{ 'abc' }}"), "js", secret.New(`{"a": "inner-secret", "n": 1}`), "inner", "x-{{ pw }}-y",
		"conn", "postgres://u:{{ pw }}@host:5432/db", "key", secret.New("-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG9w0\nAAAABBBBCCCCDDDDEEEE\n-----END KEY-----\n"))
}

func TestTextMadeFromASecretIsSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{ pw }}":                               hidden,
		"a {{ pw }} b":                           "a " + hidden + " b",
		"{{ pw ~ 'x' }}":                         hidden + "x",
		"{{ 'x' + pw }}":                         "x" + hidden,
		"{{ '%s:%s' % (user, pw) }}":             "bob:" + hidden,
		"{{ '{}={}'.format('p', pw) }}":          "p=" + hidden,
		"{{ pw | upper }}":                       strings.ToUpper(hidden),
		"{{ pw.upper() }}":                       strings.ToUpper(hidden),
		"{{ pw.split('-')[0] }}":                 "s3cr3t",
		"{{ pw[2:5] }}":                          "cr3",
		"{{ pw[0] }}":                            "s",
		"{{ pw * 2 }}":                           hidden + hidden,
		"{{ pw | b64encode }}":                   "czNjcjN0LXB3",
		"{{ pw | quote }}":                       hidden,
		"{{ pw | reverse }}":                     "wp-t3rc3s",
		"{{ pw | regex_replace('-.*', '') }}":    "s3cr3t",
		"{{ l | join(',') }}":                    hidden + ",x",
		"{{ ','.join(l) }}":                      hidden + ",x",
		"{{ d | to_json }}":                      `{"pw": "` + hidden + `", "port": 5}`,
		"{{ d | to_nice_yaml }}":                 "port: 5\npw: " + hidden + "\n",
		"{{ d | string }}":                       "{'pw': '" + hidden + "', 'port': 5}",
		"x {{ d }}":                              "x {'pw': '" + hidden + "', 'port': 5}",
		"{{ inner }}":                            "x-" + hidden + "-y",
		"{{ tpl }}":                              "bob-abc",
		"{{ pw | default('x') }}":                hidden,
		"{{ (js | from_json).a }}":               "inner-secret",
		"{{ ('x' if false else pw) }}":           hidden,
		"{% set x %}{{ pw }}{% endset %}{{ x }}": hidden,
		"{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(pw) }}": "<" + hidden + ">",
		"{% for c in pw %}{{ c }}.{% endfor %}":              "s.3.c.r.3.t.-.p.w.",
		"{{ pw | list | first }}":                            "s",
		"{{ 'a' | replace('a', pw) }}":                       hidden,
		"{{ [pw] | map('upper') | first }}":                  strings.ToUpper(hidden),
		"{{ pw | md5 }}":                                     "8e0c9f0aa4f4b4bd4b4e84ee9fe8c4b3",
		"{{ pw.encode() | b64encode }}":                      "czNjcjN0LXB3",
		"{{ pw.encode().decode() }}":                         hidden,
		"{{ d.pw | trim }}":                                  hidden,
		"{{ d | json_query('join(`-`, [pw, pw])') }}":        hidden + "-" + hidden,
		"{{ pw | password_hash('md5', 'saltsalt') }}":        "",
		"{{ lookup('vars', 'pw') }}":                         hidden,
		"{{ query('items', [pw]) | first }}":                 hidden,
		"{{ {pw: 1} | string }}":                             "{'" + hidden + "': 1}",
	} {
		v, ok := jinjatest.Rendered(t, secretScope(), text).(secret.Text)
		if !ok {
			t.Errorf("%s is not secret", text)
			continue
		}
		if !strings.Contains(text, "md5") && v.Plain() != want {
			t.Errorf("%s: %q, want %q", text, v.Plain(), want)
		}
		seen := v.Plain()
		for _, p := range v.Parts() {
			seen = strings.ReplaceAll(seen, p, "")
		}
		if seen == v.Plain() {
			t.Errorf("%s: no part of %q is masked: %d parts", text, v.Plain(), len(v.Parts()))
		}
		if strings.Contains(seen, hidden) {
			t.Errorf("%s: the secret stays visible in %q", text, seen)
		}
	}
}

func TestWhatTellsNothingOfASecretIsPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{ pw == 'x' }}":                      "False",
		"{{ pw | length }}":                    "9",
		"{{ pw is defined }}":                  "True",
		"{{ pw is match('s3') }}":              "True",
		"{{ d.port + 1 }}":                     "6",
		"{{ d.keys() | list }}":                "['pw', 'port']",
		"{{ l[1] }}":                           "'x'",
		"{{ conn.split('@')[1] }}":             "'host:5432/db'",
		"{{ conn | regex_search('^[a-z]+') }}": "'postgres'",
		"{{ pw.startswith('s') }}":             "True",
		"{{ (d | combine({'a': 'b'})).a }}":    "'b'",
		"{{ pw | type_debug }}":                "'str'",
		"{{ 'on' if pw else 'off' }}":          "'on'",
	} {
		jinjatest.WantRepr(t, secretScope(), text, want)
	}
}

func TestASecretInsideATextIsOnlyThatPart(t *testing.T) {
	t.Parallel()
	v := jinjatest.Rendered(t, secretScope(), "{{ conn }}?x={{ user }}").(secret.Text)
	if got := strings.Join(v.Parts(), "|"); got != hidden {
		t.Errorf("%d parts", len(v.Parts()))
	}
	got, err := secretScope().Text("key: |\n  {{ key | indent(2) }}\n", "f", jinja.TextOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if masked := secret.NewRedactor(got.(secret.Text).Parts()...).Redact(got.(secret.Text).Plain()); strings.Contains(masked, "MIIB") || !strings.HasPrefix(masked, "key: |") {
		t.Errorf("masked: %s", masked)
	}
}

func TestErrorsNeverShowASecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{{ d[pw] }}", "{{ pw + 1 }}", "{{ 1 + pw }}", "{{ pw | from_json }}", "{{ pw.nosuch }}", "{{ pw | regex_replace('(', '') }}",
		"{{ 'x' | regex_search(pw ~ '(') }}", "{{ lookup(pw) }}", "{{ lookup('file', pw) }}", "{{ {}[pw].x }}", "{{ pw | int + d }}",
		"{{ l.index(pw ~ 'x') }}", "{{ {}.pop(pw) }}", "{{ '{x}'.format(pw) }}", "{{ pw | to_datetime }}", "{{ pw % 1 }}", "{{ pw | hash(pw) }}",
		"{{ d | rekey_on_member(pw) }}", "{{ [{}] | subelements(pw) }}", "{{ 'x' | version(pw, pw) }}", "{{ d | json_query(pw) }}",
		"{{ x | default({})[pw] }}", "{{ pw() }}", "{{ {'a': pw} < {} }}", "{{ lookup('first_found', pw) }}", "{{ pw | human_to_bytes }}",
		"{{ [1] | map(pw) }}", "{{ [1] | select(pw) }}", "{{ undef(pw) }}", "{{ lookup('vars', pw) }}", "{{ lookup('sequence', pw) }}",
		"{{ l | sum }}", "{{ 'x' is version('1', pw) }}", "{{ none | mandatory(pw) ~ nosuch | mandatory(pw) }}", "{{ dict(a=1)[d] }}",
		"{% include pw %}", "{% extends pw %}", "{{ range(pw) }}", "{{ d | attr(pw) }}", "{{ pw | round }}",
	} {
		v, err := secretScope().Value(text, diag.Pos{File: "f.yml", Line: 1, Col: 1})
		if err == nil {
			t.Errorf("%s: no error but %s", text, value.Display(v))
		} else if strings.Contains(err.Error(), hidden) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
