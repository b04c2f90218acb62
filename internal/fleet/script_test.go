package fleet

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/agentbin"
)

// The start-up script is run by the shells that are found here, in a tree of its own instead of /var/tmp and the like. Its
// agent is a script that says what it is.

const attacker = 65534

type stage struct {
	t    *testing.T
	dir  string
	bin  agentbin.Binary
	path string // PATH
}

func newStage(t *testing.T) *stage {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can prepare what another account would: run as root")
	}
	s := &stage{t: t, dir: t.TempDir(), path: os.Getenv("PATH")}
	content := []byte("#!/bin/sh\n[ \"$1\" = --stdio ] && echo \"genuine, from $2\"\n")
	sum := sha256.Sum256(content)
	s.bin = agentbin.Binary{Content: content, SHA256: hex.EncodeToString(sum[:])}
	for _, d := range []string{"home", "work", "var/tmp", "var/lib", "run/user/0", "tmp"} {
		s.must(os.MkdirAll(s.at(d), 0o755))
	}
	for _, d := range []string{"var/tmp", "tmp"} {
		s.must(os.Chmod(s.at(d), os.ModeSticky|0o777))
	}
	return s
}

func (s *stage) at(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// run starts the script with shell, gives it the agent, and returns all that it says.
func (s *stage) run(shell string, h Host) string {
	s.t.Helper()
	text := script(s.bin, h)
	for _, p := range []string{"/var/tmp", "/var/lib", "/run/user"} {
		text = strings.ReplaceAll(text, p, s.at(p))
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, " /tmp ", " "+s.at("tmp")+" "), `"/tmp/pig`, `"`+s.at("tmp")+"/pig")
	text = strings.Replace(text, "exec /bin/sh", "exec "+shell, 1)
	c := exec.CommandContext(s.t.Context(), "/bin/sh", "-c", text)
	c.Dir = s.at("work")
	c.Env = []string{"HOME=" + s.at("home"), "PATH=" + s.path}
	c.Stdin = strings.NewReader("here\n" + string(s.bin.Content))
	out, _ := c.CombinedOutput() // what it says counts
	said := string(out)
	for _, line := range strings.Split(said, "\n") { // where it wants the agent: a directory that is its own
		if dir, ok := strings.CutPrefix(line, "pig need "); ok {
			if i, err := os.Stat(dir); err != nil || i.Mode().Perm()&0o022 != 0 {
				s.t.Errorf("the agent is to go to %q: %v", dir, err)
			}
			said = strings.Replace(said, line, "pig need", 1)
		}
	}
	return said
}

func (s *stage) genuine() string { return "genuine, from " + s.at("work") + "\n" }

// give puts an agent into a directory of the attacker's.
func (s *stage) give(dir string, content []byte) {
	s.must(os.MkdirAll(dir, 0o755))
	s.must(os.WriteFile(dir+"/agent-"+s.bin.SHA256, content, 0o755))
	s.own(dir)
}

func (s *stage) own(path string) {
	s.must(filepath.WalkDir(path, func(p string, _ os.DirEntry, _ error) error { return os.Lchown(p, attacker, attacker) }))
}

// shells are those of the distributions, as far as this machine has them.
func shells(t *testing.T, do func(t *testing.T, shell string)) {
	for name, words := range map[string]string{"dash": "dash", "bash": "bash --posix", "busybox": "busybox sh", "ksh": "ksh"} {
		if _, err := exec.LookPath(strings.Fields(words)[0]); err == nil {
			t.Run(name, func(t *testing.T) { do(t, words) })
		}
	}
}

func TestScriptBringsTheAgentOnce(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		s := newStage(t)
		if out := s.run(shell, Host{}); out != "pig need\npig have\n"+s.genuine() {
			t.Errorf("first: %q", out)
		}
		if out := s.run(shell, Host{}); out != "pig have\n"+s.genuine() {
			t.Errorf("then: %q", out)
		}
		if fi, err := os.Stat(s.at("home/.cache/pig")); err != nil || fi.Mode().Perm() != 0o700 {
			t.Errorf("%v, %v", fi, err)
		}
	})
}

// Another start tries the same directory at the same moment: what is of its try keeps nobody from the directory.
func TestScriptOfAnotherStartIsInNobodysWay(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		s := newStage(t)
		s.must(os.MkdirAll(s.at("home/.cache/pig/.try"), 0o700))
		s.must(os.Chmod(s.at("home/.cache/pig"), 0o700))
		if out := s.run(shell, Host{}); out != "pig need\npig have\n"+s.genuine() {
			t.Errorf("%q", out)
		}
		if agents, _ := filepath.Glob(s.at("home/.cache/pig/agent-*")); len(agents) != 1 {
			t.Errorf("the agent is elsewhere: %v", agents)
		}
	})
}

func TestScriptTakesNothingThatOthersPrepared(t *testing.T) {
	prepare := map[string]func(s *stage, dir string){
		"a directory of somebody else's": func(s *stage, dir string) { s.give(dir, s.bin.Content) },
		"a link to one": func(s *stage, dir string) {
			s.give(s.at("theirs"), s.bin.Content)
			s.must(os.Symlink(s.at("theirs"), dir))
			s.own(dir)
		},
		"a link to one of our own": func(s *stage, dir string) {
			s.must(os.MkdirAll(s.at("ours"), 0o700))
			s.must(os.Symlink(s.at("ours"), dir))
			s.own(dir)
		},
		"our own, which all can write": func(s *stage, dir string) {
			s.give(dir, s.bin.Content)
			s.must(os.Chown(dir, 0, 0))
			s.must(os.Chmod(dir, 0o777))
		},
		"our own, which a group can write": func(s *stage, dir string) {
			s.give(dir, s.bin.Content)
			s.must(os.Chown(dir, 0, attacker))
			s.must(os.Chmod(dir, 0o770))
		},
		"a file": func(s *stage, dir string) { s.must(os.WriteFile(dir, nil, 0o777)) },
	}
	for name, set := range prepare {
		t.Run(name, func(t *testing.T) {
			shells(t, func(t *testing.T, shell string) {
				s := newStage(t)
				s.must(os.RemoveAll(s.at("home")))
				s.must(os.WriteFile(s.at("home"), nil, 0o600)) // no home, so that the others are asked
				s.must(os.RemoveAll(s.at("var/lib")))
				s.must(os.RemoveAll(s.at("run/user")))
				for _, d := range []string{"var/tmp/pig-0", "tmp/pig-0"} {
					set(s, s.at(d))
				}
				if out := s.run(shell, Host{}); !strings.HasPrefix(out, "pig cannot: no directory of this account") {
					t.Errorf("%q", out)
				}
				if left, _ := filepath.Glob(s.at("ours") + "/*"); len(left) > 0 {
					t.Errorf("written behind a link: %v", left)
				}
				s.must(os.MkdirAll(s.at("var/lib"), 0o755)) // a place where others cannot prepare anything is still found
				if out := s.run(shell, Host{}); out != "pig need\npig have\n"+s.genuine() {
					t.Errorf("with /var/lib: %q", out)
				}
			})
		})
	}
}

// Somebody who can write a directory above swaps what is below between the check and the start.
func TestScriptStartsTheAgentThatItChecked(t *testing.T) {
	for name, h := range map[string]Host{"login": {}, "sudo": {Become: true}} {
		t.Run(name, func(t *testing.T) {
			shells(t, func(t *testing.T, shell string) {
				s := newStage(t)
				s.must(os.MkdirAll(s.at("home/.cache"), 0o777))
				s.must(os.Chmod(s.at("home/.cache"), 0o777))
				s.give(s.at("theirs"), []byte("#!/bin/sh\necho theirs\n"))
				sum, err := exec.LookPath("sha256sum")
				s.must(err)
				s.program("sha256sum", fmt.Sprintf("%s \"$@\"\nmv %[2]s/.cache/pig %[2]s/.cache/was && cp -r %[3]s %[2]s/.cache/pig\n", sum, s.at("home"), s.at("theirs")))
				s.program("sudo", `shift 2; exec "$@"`)
				s.program("id", "echo 1000") // not root, so that sudo is asked
				if name == "login" {
					s.program("id", "echo 0")
				}
				if out := s.run(shell, h); out != "pig need\npig have\n"+s.genuine() {
					t.Errorf("%q", out)
				}
				if _, err := os.Stat(s.at("home/.cache/was")); err != nil {
					t.Error("nothing was swapped")
				}
			})
		})
	}
}

// program puts one before those of the machine.
func (s *stage) program(name, body string) {
	s.must(os.MkdirAll(s.at("bin"), 0o755))
	s.must(os.WriteFile(s.at("bin/"+name), []byte("#!/bin/sh\n"+body+"\n"), 0o755))
	if !strings.HasPrefix(s.path, s.at("bin")) {
		s.path = s.at("bin") + ":" + s.path
	}
}

func TestScriptPassesThePasswordToSudoAlone(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		s := newStage(t)
		s.program("sudo", `[ "$1" = -S ] || exit 9; shift 4; exec "$@"`)
		s.program("id", "echo 1000")
		if out := s.run(shell, Host{Become: true, BecomePassword: "x"}); out != "pig need\npig have\n"+s.genuine() {
			t.Errorf("%q", out)
		}
	})
}

func TestScriptSweepsNothingButOldAgents(t *testing.T) {
	shells(t, func(t *testing.T, shell string) {
		s := newStage(t)
		d := s.at("home/.cache/pig")
		s.must(os.MkdirAll(d, 0o700))
		s.must(os.MkdirAll(s.at("keep/agent-dir"), 0o755))
		s.must(os.WriteFile(s.at("keep/agent-file"), nil, 0o644))
		s.must(os.WriteFile(d+"/agent-old", nil, 0o644))
		s.must(os.Symlink(s.at("keep"), d+"/agent-link"))
		old := exec.CommandContext(t.Context(), "touch", "-h", "-d", "2001-01-01", d+"/agent-old", d+"/agent-link", s.at("keep/agent-file"))
		s.must(old.Run())
		if out := s.run(shell, Host{}); !strings.HasSuffix(out, s.genuine()) {
			t.Fatalf("%q", out)
		}
		for name, stays := range map[string]bool{d + "/agent-old": false, s.at("keep/agent-file"): true, s.at("keep/agent-dir"): true} {
			if _, err := os.Stat(name); (err == nil) != stays {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestScriptSaysWhatIsMissing(t *testing.T) {
	s := newStage(t)
	s.path = s.at("nothing")
	if out := s.run("/bin/sh", Host{}); !strings.Contains(out, "pig cannot: sha256sum not found") {
		t.Errorf("%q", out)
	}
}

func TestAnswersOfTheLoginShellAreBounded(t *testing.T) {
	t.Parallel()
	if got, err := answerLine(bufio.NewReader(strings.NewReader("pig have\nmore"))); got != "pig have" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := answerLine(bufio.NewReader(endless{})); err == nil {
		t.Error("an endless answer is taken")
	}
}

// endless sends a line that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
