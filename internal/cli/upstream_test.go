package cli

import (
	"os"
	"strings"
	"testing"

	"pig/internal/jinja"
	"pig/internal/value"
)

// Every line of apt names the key that it is verified with.
func TestRepositoriesNameTheirKeys(t *testing.T) {
	text, err := os.ReadFile("../../templates/upstream.list")
	if err != nil {
		t.Fatal(err)
	}
	repo := func(name string, more ...any) *value.Dict {
		d := value.DictOf("name", name, "module", "m", "baseurl", value.DictOf("default", "https://h/"+name+" ${distro_codename} main"))
		d.Update(value.DictOf(more...))
		return d
	}
	vars := value.DictOf("module", "m", "ansible_distribution", "Debian", "ansible_distribution_release", "trixie", "ansible_distribution_major_version", "13",
		"ansible_architecture", "x86_64", "region", "default", "admin_ip", "10.0.0.1",
		"repo_upstream", value.NewList(repo("debian"), repo("own", "key", "environment"), repo("other", "key", "keys/other.asc")))
	got, err := jinja.New(jinja.Options{Filters: newSource(newScreen(&app{Build: built()}, nil, nil), nil).filters()}).Scope(variables{vars}).Text(string(text), "upstream.list", jinja.TextOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(got.(string)) {
		if strings.HasPrefix(line, "deb ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	want := []string{
		"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://h/debian trixie main",
		"deb [signed-by=/etc/apt/keyrings/pigsty.asc] https://h/own trixie main",
		"deb [signed-by=/etc/apt/keyrings/other.asc] https://h/other trixie main",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}
