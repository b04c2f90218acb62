package builtin_test

import (
	"slices"
	"strings"
	"testing"

	"pig/internal/imitation"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// pythons is pip with what is installed, and virtualenv.
func pythons(there map[string]string, ran *[]string) map[string]imitation.Command {
	run := func(c *imitation.Invocation) int {
		verb := c.Argv[1]
		switch {
		case verb == "list" && slices.Contains(c.Argv, "--outdated"):
			c.Say(`[{"name": "Old-Lib", "version": "1.0", "latest_version": "2.0"}]`)
			if slices.Contains(c.Argv, "--format=freeze") {
				return c.Fail("ERROR: List format 'freeze' cannot be used with the --outdated option.")
			}
			return 0
		case verb == "list":
			for _, name := range sorted(there) {
				c.Say("%s==%s\n", name, there[name])
			}
			return 0
		}
		*ran = append(*ran, strings.Join(c.Argv[1:], " "))
		for _, spec := range c.Argv[2:] {
			name, version, _ := strings.Cut(spec, "==")
			if name == "broken" {
				return c.Fail("ERROR: no matching distribution")
			}
			if verb == "uninstall" {
				delete(there, name)
			} else if name != "" && name[0] != '-' {
				if version == "" {
					version = "9"
				}
				there[name] = version
			}
		}
		if slices.Contains(c.Argv, "-r") {
			c.Say("Successfully installed x-1\n")
		}
		return 0
	}
	return map[string]imitation.Command{"pip3": run, "pip": run, "pip-own": run, "virtualenv": func(c *imitation.Invocation) int {
		*ran = append(*ran, strings.Join(c.Argv, " "))
		env := c.Argv[len(c.Argv)-1]
		for _, name := range []string{"activate", "pip"} {
			if err := c.Files.Mkdir(env+"/bin", node.Attrs{}); err != nil {
				return c.Fail("%v", err)
			}
			if err := c.Files.Write(env+"/bin/"+name, []byte("x"), node.Attrs{}); err != nil {
				return c.Fail("%v", err)
			}
		}
		return 0
	}}
}

func TestPackagesOfPython(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   *value.Dict
		makes  string
		ran    string
		failed string
	}{
		{args("name", "six"), "python package six install", "install six", ""},
		{args("name", list("old_lib", "six")), "python package six install", "install six", ""},
		{args("name", "old-lib", "version", "1.0"), "", "", ""},
		{args("name", "old-lib", "version", "1.5"), "python package old-lib==1.5 install", "install old-lib==1.5", ""},
		{args("name", "old-lib==1.0"), "", "", ""},
		{args("name", "old-lib", "state", "absent"), "python package old-lib delete", "uninstall -y old-lib", ""},
		{args("name", "six", "state", "absent"), "", "", ""},
		{args("name", list("old-lib", "new"), "state", "latest"), "python package old-lib upgrade", "install -U old-lib", ""},
		{args("name", "new", "state", "forcereinstall"), "python package new install", "install -U --force-reinstall new", ""},
		{args("name", "six", "extra_args", "--no-cache-dir -q", "break_system_packages", true, "editable", true, "chdir", "/srv", "umask", "0022"), "python package six install", "install --break-system-packages --no-cache-dir -q -e six", ""},
		{args("name", "six", "executable", "pip-own"), "python package six install", "install six", ""},
		{args("name", "broken"), "", "install broken", "ERROR: no matching distribution"},
		{args("name", list("a", "b"), "version", "1"), "", "", "'version' argument is ambiguous"},
		{args("name", "a", "requirements", "b"), "", "", "takes only one of: name, requirements"},
		{args("name", "a", "executable", "pip3", "virtualenv", "/e"), "", "", "takes only one of: executable, virtualenv"},
		{args(), "", "", "needs one of: name, requirements"},
		{args("name", "a", "umask", "x"), "", "", "umask: invalid mode"},
	} {
		there, ran := map[string]string{"Old-Lib": "1.0", "new": "3"}, []string(nil)
		m := newMachine(with(pythons(there, &ran)))
		on(t, m, deed{module: "pip", args: c.args, makes: c.makes, failed: c.failed, repeats: true, onlyLive: strings.HasPrefix(c.ran, "install broken")})
		if got := strings.Join(ran, "; "); got != c.ran {
			t.Errorf("%s ran %q, want %q", value.Display(c.args), got, c.ran)
		}
	}
}

func TestVirtualEnvironments(t *testing.T) {
	t.Parallel()
	there, ran := map[string]string{}, []string(nil)
	m := newMachine(with(pythons(there, &ran)))
	a := args("name", "six", "virtualenv", "/srv/e", "virtualenv_python", "python3.11", "virtualenv_site_packages", true)
	plan := node.NewShadow(m)
	for _, want := range []string{"virtualenv /srv/e create; python package six install", ""} {
		if r := run(t, plan, "pip", a); fake.Keys(r.Changes) != want || r.Failed != "" {
			t.Errorf("planned %q %q, want %q", fake.Keys(r.Changes), r.Failed, want)
		}
	}
	on(t, m, deed{module: "pip", args: a, makes: "virtualenv /srv/e create; python package six install"})
	if got := strings.Join(ran, "; "); got != "virtualenv --system-site-packages -ppython3.11 /srv/e; install six" {
		t.Errorf("ran %q", got)
	}
	on(t, m, deed{module: "pip", args: args("name", "x", "virtualenv", "/srv/f", "virtualenv_command", ""), failed: `invalid virtualenv_command ""`})
	r := run(t, m, "pip", args("requirements", "/srv/r.txt"))
	if r.Changed != true || ran[len(ran)-1] != "install -r /srv/r.txt" {
		t.Errorf("requirements: %v %q", r.Changed, ran)
	}
	if r := run(t, node.NewShadow(m), "pip", args("requirements", "/srv/r.txt")); !value.IsUnknown(r.Changed) {
		t.Errorf("a plan knows what requirements change: %v", r.Changed)
	}
}
