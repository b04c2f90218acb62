package payload

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// disk are files in memory; every collection lies below /c.
func disk(files map[string]string) Sources {
	return Sources{
		Read: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Collection: func(namespace, name string) (string, bool) {
			dir := "/c/ansible_collections/" + namespace + "/" + name
			for f := range files {
				if strings.HasPrefix(f, dir+"/") {
					return dir, true
				}
			}
			return "", false
		},
		Moved: func(dir, name string) string { return files[dir+" moved "+name] },
		Utils: []string{"/own", "/core"},
	}
}

func TestStyleOfAModule(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Style{
		"#!/bin/sh\necho\n":        Old,
		"#!/bin/sh\n# WANT_JSON\n": WantJSON,
		"#!/bin/sh\n# WANT_JSON\nx='<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'\n":        JSONArgs,
		"\x7fELF\x02\x01\x01\x00\x00":                                               Binary,
		"from ansible.module_utils.basic import AnsibleModule\n":                    Python,
		"import ansible.module_utils.basic\n":                                       Python,
		"from ..module_utils.x import y\n":                                          Python,
		"from ansible_collections.a.b.plugins.module_utils.x import y\n":            Python,
		"import sys\n#<<INCLUDE_ANSIBLE_MODULE_COMMON>>\n":                          Python,
		"#!/usr/bin/python\nimport json\nprint('{}')\n":                             Old,
		"#!powershell\n#Requires -Module Ansible.ModuleUtils.Legacy\n":              PowerShell,
		"#!powershell\n#AnsibleRequires -CSharpUtil Ansible.Basic\n":                PowerShell,
		"#!/usr/bin/perl\n# \xc3\xa9t\xc3\xa9 WANT_JSON\n":                          WantJSON,
		"#!/bin/sh\n# speaks of ansible.module_utils in prose, and imports nothing": Old,
	} {
		if got := styleOf([]byte(text)); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestArchiveHasWhatAModuleImports(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"/core/basic.py":                         "from ansible.module_utils.common.text import native\ntry:\n    from ansible.module_utils.lost import x\n    import ansible.module_utils.maybe\nexcept ImportError:\n    pass\n",
		"/core/maybe.py":                         "import ansible.module_utils.lost.too\n",
		"/core/common/__init__.py":               "COMMON = 1\n",
		"/core/common/text.py":                   "",
		"/core/unused.py":                        "",
		"/own/wood.py":                           "import ansible.module_utils.basic\n",
		"/core/wood.py":                          "THE_OTHER = 1\n",
		"/core/six/__init__.py":                  "",
		"/core/_internal/_ansiballz/__init__.py": "", "/core/_internal/__init__.py": "", "/core/_internal/_ansiballz/_loader.py": "from ... import basic\n",
		"/c/ansible_collections/acme/tools/plugins/modules/deep/hammer.py": "#!/usr/bin/python\nfrom ansible.module_utils.six.moves import shlex\n" +
			"from ...module_utils.grip import hold, tight\nfrom ...module_utils.old import gone\nfrom ansible.module_utils import wood\n",
		"/c/ansible_collections/acme/tools/plugins/module_utils/grip/__init__.py": "from .tight import x\nfrom ansible_collections.acme.more.plugins.module_utils.nail import y\nAnsibleModule\n",
		"/c/ansible_collections/acme/tools/plugins/module_utils/grip/tight.py":    "",
		"/c/ansible_collections/acme/more/plugins/module_utils/nail.py":           "",
		"/c/ansible_collections/acme/tools moved old":                             "acme.more.nail",
	}
	p, err := disk(files).Of("acme.tools.deep.hammer", "/c/ansible_collections/acme/tools/plugins/modules/deep/hammer.py")
	if err != nil {
		t.Fatal(err)
	}
	if p.Module != "ansible_collections.acme.tools.plugins.modules.deep.hammer" || !p.Checks || p.Style != Python || p.Interpreter != "/usr/bin/python" {
		t.Errorf("module %q, style %s, interpreter %q, handles check mode: %v", p.Module, p.Style, p.Interpreter, p.Checks)
	}
	z, err := zip.NewReader(bytes.NewReader(p.Content), int64(len(p.Content)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	const acme = "ansible_collections/acme/"
	want := []string{
		"ansible/__init__.py", "ansible/module_utils/__init__.py", "ansible/module_utils/_internal/__init__.py", "ansible/module_utils/_internal/_ansiballz/__init__.py",
		"ansible/module_utils/_internal/_ansiballz/_loader.py", "ansible/module_utils/basic.py",
		"ansible/module_utils/common/__init__.py", "ansible/module_utils/common/text.py", "ansible/module_utils/maybe.py", "ansible/module_utils/six/__init__.py", "ansible/module_utils/wood.py",
		"ansible_collections/__init__.py", acme + "__init__.py",
		acme + "more/__init__.py", acme + "more/plugins/__init__.py", acme + "more/plugins/module_utils/__init__.py", acme + "more/plugins/module_utils/nail.py",
		acme + "tools/__init__.py", acme + "tools/plugins/__init__.py", acme + "tools/plugins/module_utils/__init__.py",
		acme + "tools/plugins/module_utils/grip/__init__.py", acme + "tools/plugins/module_utils/grip/tight.py", acme + "tools/plugins/module_utils/old/__init__.py",
		acme + "tools/plugins/modules/__init__.py", acme + "tools/plugins/modules/deep/__init__.py", acme + "tools/plugins/modules/deep/hammer.py",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the archive has\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	for name, part := range map[string]string{
		"ansible/module_utils/wood.py": "import ansible.module_utils.basic", "ansible/module_utils/common/__init__.py": "COMMON",
		acme + "tools/plugins/module_utils/old/__init__.py": "ansible_collections.acme.more.plugins.module_utils.nail",
	} {
		text, err := fs.ReadFile(z, name)
		if err != nil || !strings.Contains(string(text), part) {
			t.Errorf("%s is %q, %v: want %q in it", name, text, err, part)
		}
	}
	again, err := disk(files).Of("acme.tools.deep.hammer", "/c/ansible_collections/acme/tools/plugins/modules/deep/hammer.py")
	if err != nil || again.Digest != p.Digest {
		t.Errorf("the same files made another archive: %v", err)
	}
}

func TestWhatAModuleMisses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		core       bool
		want       []string
	}{
		{"no ansible-core", "from ansible.module_utils.basic import AnsibleModule\n", false, []string{"ansible.module_utils.basic.AnsibleModule not found on this machine", `module "m" needs it`, "apt install ansible-core"}},
		{"a piece", "from ansible.module_utils.nope.deep import x\n", true, []string{"ansible.module_utils.nope.deep.x not found", "/own, /core"}},
		{"a collection", "from ansible_collections.a.b.plugins.module_utils.x import y\n", true, []string{"ansible-galaxy collection install a.b"}},
		{"Windows", "# POWERSHELL_COMMON\n", true, []string{"Windows"}},
	} {
		files := map[string]string{"/m.py": c.text}
		if c.core {
			files["/core/basic.py"] = ""
		}
		s := disk(files)
		if !c.core {
			s.Utils = nil
		}
		_, err := s.Of("m", "/m.py")
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", c.name, err, want)
			}
		}
	}
}

func TestWhatHandlesCheckMode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"#!/bin/sh\n# WANT_JSON\n":                                            false,
		"#!/bin/sh\n# WANT_JSON\ngrep _ansible_check_mode $1\n":               true,
		"from ansible.module_utils.basic import AnsibleModule\n":              true,
		"from ansible.module_utils.urls import fetch\nfetch()\nprint('{}')\n": false,
	} {
		p, err := disk(map[string]string{"/m": text, "/core/basic.py": "class AnsibleModule: check_mode = 1\n", "/core/urls.py": ""}).Of("m", "/m")
		if err != nil || p.Checks != want {
			t.Errorf("%q: %v, %v, want %v", text, p.Checks, err, want)
		}
	}
}
