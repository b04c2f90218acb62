package payload

import (
	"slices"
	"testing"
)

func TestImportsOfPython(t *testing.T) {
	t.Parallel()
	const module = "ansible_collections.acme.tools.plugins.modules.hammer"
	const utils = "ansible_collections.acme.tools.plugins.module_utils"
	for _, c := range []struct {
		name, of, text string
		isPackage      bool
		want           []string // a ? says that it is optional
	}{
		{name: "plain", text: "from ansible.module_utils.basic import AnsibleModule\n", want: []string{"ansible.module_utils.basic.AnsibleModule"}},
		{name: "several with other names", text: "from ansible.module_utils.a import b as c, d\n", want: []string{"ansible.module_utils.a.b", "ansible.module_utils.a.d"}},
		{name: "brackets over lines", text: "from ansible.module_utils.a import (  # why\n    b,\n    c as d,\n)\n", want: []string{"ansible.module_utils.a.b", "ansible.module_utils.a.c"}},
		{name: "a line that goes on", text: "from ansible.module_utils.a \\\n  import b\n", want: []string{"ansible.module_utils.a.b"}},
		{name: "import of modules", text: "import os, ansible.module_utils.a.b as c, ansible.module_utils.d\n", want: []string{"ansible.module_utils.a.b", "ansible.module_utils.d"}},
		{name: "in a block", text: "try:\n    from ansible.module_utils.a import b\nexcept ImportError:\n\timport ansible.module_utils.c\n", want: []string{"?ansible.module_utils.a.b", "?ansible.module_utils.c"}},
		{name: "a block in one line", text: "try: import ansible.module_utils.c\nexcept ImportError: pass\n", want: []string{"?ansible.module_utils.c"}},
		{name: "two statements in a line", text: "import os; import ansible.module_utils.c\n", want: []string{"ansible.module_utils.c"}},
		{name: "in texts and comments", text: "'''\nfrom ansible.module_utils.a import b\n'''\nx = \"\"\"it's \\\"\"\"\nimport ansible.module_utils.c\n\"\"\"\n# import ansible.module_utils.d\ny = 'a # no comment'\nimport ansible.module_utils.e\n", want: []string{"ansible.module_utils.e"}},
		{name: "relative, of a module", of: module, text: "from ..module_utils.grip import hold\nfrom ..module_utils import nail\n", want: []string{utils + ".grip.hold", utils + ".nail"}},
		{name: "relative, of a piece", of: utils + ".grip", text: "from . import nail\nfrom .deep.er import x\n", want: []string{utils + ".nail", utils + ".deep.er.x"}},
		{name: "relative, of a package", of: utils + ".deep", isPackage: true, text: "from . import er\nfrom .er import x\nfrom ..grip import y\n", want: []string{utils + ".deep.er", utils + ".deep.er.x", utils + ".grip.y"}},
		{name: "all of it", text: "from ansible.module_utils.basic import *\n", want: []string{"ansible.module_utils.basic.*"}},
		{name: "what is no part of it", text: "import json\nfrom ansible.errors import AnsibleError\nfrom ansible_collections.a.b.plugins.lookup import x\nfrom importlib import import_module\nimported = 1\n"},
		{name: "a mapping is no block", text: "x = {'a': 1,\n'b': 2}\nimport ansible.module_utils.c\n", want: []string{"ansible.module_utils.c"}},
		{name: "Windows lines", text: "from ansible.module_utils.a import (\r\n  b,\r\n)\r\nimport ansible.module_utils.c\r\n", want: []string{"ansible.module_utils.a.b", "ansible.module_utils.c"}},
	} {
		of := c.of
		if of == "" {
			of = "ansible.legacy.x"
		}
		var got []string
		for _, i := range importsOf(of, c.isPackage, c.text) {
			if i.optional {
				i.name = "?" + i.name
			}
			got = append(got, i.name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
