package builtin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/secret"
	"pig/internal/value"
)

// A key that pig makes, and a secret that a file no longer has, are in no change that leaves the node.
func TestChangesShowNoSecretThatNobodyNames(t *testing.T) {
	dir := t.TempDir()
	run := func(name string, args *value.Dict) module.Result {
		t.Helper()
		r := module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: name, Args: args})
		if r.Failed != "" || len(r.Changes) == 0 {
			t.Fatalf("%s: %+v", name, r)
		}
		return r
	}
	key := filepath.Join(dir, "ca.key")
	for _, c := range run("x509", value.DictOf("key", key, "cert", filepath.Join(dir, "ca.crt"), "authority", true, "cn", "ca")).Changes {
		if c.ID == key && c.Diff != "" || strings.Contains(c.Diff, "PRIVATE KEY") {
			t.Errorf("the key is shown: %s", c.Diff)
		}
	}
	for name, c := range map[string]struct {
		mode    os.FileMode
		content value.Value
		old     string
	}{
		"redis.conf":                      {0o644, "user = b\n", "user = a\nrequirepass canary99\n"},
		"a list of users":                 {0o644, "user = b\n", "\"bob\" \"canary99\"\n"},
		"userlist.txt":                    {0o644, "user = b\n", "canary99\n"},
		"a password file":                 {0o644, "user = b\n", "*:*:*:u:canary99\n"},
		"a line beside a secret":          {0o644, "user = b\n", "api_token: x\ncanary99\n"},
		"another secret in its place":     {0o644, secret.Carrying("user = b\nline = newsecret1\n", "newsecret1"), "user = a\nline = canary99\n"},
		"a secret elsewhere":              {0o644, secret.Carrying("line = newsecret1\nuser = b\n", "newsecret1"), "line = newsecret1\ncanary99\n"},
		"no secret, but a file of few":    {0o640, "user = b\n", "user = a\ncanary99\n"},
		"no secret, where all could read": {0o644, "user = b\n", "user = a\npassword: canary99\n"},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(path, []byte(c.old), c.mode); err != nil {
			t.Fatal(err)
		}
		for _, change := range run("copy", value.DictOf("dest", path, "content", c.content)).Changes {
			if strings.Contains(change.Diff, "canary99") || strings.Contains(change.Diff, "newsecret1") || !strings.Contains(change.Diff, "+user = b") {
				t.Errorf("%s: %s", name, change.Diff)
			}
		}
	}
}

// A short secret, or one that is a word, tells itself by what is around it: its line is hidden as a whole.
func TestShortSecretsAreInNoChange(t *testing.T) {
	for _, pw := range []string{"abc", "x", "event"} {
		path := filepath.Join(t.TempDir(), "file")
		content := secret.Carrying("\"short\" \""+pw+"\"\nrequirepass "+pw+"\npath "+pw+"/y\nkept\n", pw)
		r := module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: "copy", Args: value.DictOf("dest", path, "content", content)})
		if r.Failed != "" || len(r.Changes) != 1 {
			t.Fatalf("%+v", r)
		}
		_, body, _ := strings.Cut(r.Changes[0].Diff, "@@\n")
		if strings.Contains(body, pw) || !strings.Contains(body, "+kept\n") {
			t.Errorf("%q: %s", pw, body)
		}
		r = module.Run(t.Context(), node.NewLive(), Table(), module.Task{Module: "command", Args: value.DictOf("argv", value.NewList("echo", secret.New(pw), secret.Carrying("<"+pw+"/z>", pw)))})
		for _, key := range []string{"stdout", "cmd"} {
			if shown := string(value.JSON(r.Values.At(key))); strings.Contains(shown, pw) {
				t.Errorf("%q: %s is %s", pw, key, shown)
			}
		}
	}
}
