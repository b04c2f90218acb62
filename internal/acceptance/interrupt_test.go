//go:build linux

package acceptance

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// started is a pig at work in the background.
type started struct {
	cmd   *exec.Cmd
	out   *bytes.Buffer
	ended chan struct{}
}

// begin starts a play that leaves a mark on the node, sleeps, and leaves another one.
func (l *lab) begin(marks string, seconds string) *started {
	l.t.Helper()
	text := "- hosts: 10.10.10.12\n  become: true\n  gather_facts: false\n  tasks:\n" +
		"    - { name: first, shell: 'touch " + marks + ".begun; sleep " + seconds + "; touch " + marks + ".ended' }\n" +
		"    - { name: second, command: touch " + marks + ".second }\n"
	l.file("slow.yml", text)
	s := &started{out: &bytes.Buffer{}, ended: make(chan struct{})}
	s.cmd = exec.CommandContext(l.ctx, l.pig, "play", "slow.yml", "--sandbox="+l.box.Name(), "-i", "pigsty.yml")
	s.cmd.Dir = l.dir
	s.cmd.Env = append(os.Environ(), "HOME="+l.home, "XDG_STATE_HOME="+l.home+"/state", "NO_COLOR=1")
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		_ = s.cmd.Wait() // the status is looked at
	}()
	for !l.there(marks + ".begun") { // while the run lasts
		select {
		case <-s.ended:
			l.t.Fatalf("ended before its task began:\n%s", tail(s.out.String()))
		case <-time.After(300 * time.Millisecond):
		}
	}
	return s
}

// end waits for the exit status.
func (s *started) end() (int, string) {
	<-s.ended
	return s.cmd.ProcessState.ExitCode(), s.out.String()
}

func (l *lab) there(path string) bool {
	_, code := l.try("10.10.10.12", "test", "-e", path)
	return code == 0
}

// TestInterruptions breaks into runs from all sides: what was begun is ended or told, and nothing goes on unseen.
func TestInterruptions(t *testing.T) {
	l := newLab(t)
	l.write()
	l.sub(t, "Ctrl-C once finishes the task at hand", func(t *testing.T) {
		s := l.begin("/root/once", "3")
		_ = s.cmd.Process.Signal(os.Interrupt)
		code, out := s.end()
		if code != 130 || !l.there("/root/once.ended") || l.there("/root/once.second") || !strings.Contains(out, "Stopping") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
	})
	l.sub(t, "Ctrl-C twice cancels it", func(t *testing.T) {
		s := l.begin("/root/twice", "60")
		_ = s.cmd.Process.Signal(os.Interrupt)
		time.Sleep(300 * time.Millisecond)
		_ = s.cmd.Process.Signal(os.Interrupt)
		code, out := s.end()
		if code != 130 || l.there("/root/twice.ended") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
		if ps := l.node("10.10.10.12", "ps", "axww", "-o", "args"); strings.Contains(ps, "sleep 60") {
			t.Errorf("the command goes on:\n%s", ps)
		}
	})
	l.sub(t, "the agent is killed", func(t *testing.T) {
		s := l.begin("/root/killed", "20")
		l.node("10.10.10.12", "sh", "-c", "pkill -KILL -f '[a]gent-[0-9a-f]' ; true")
		code, out := s.end()
		if code != 4 || !strings.Contains(out, "unreachable") || !strings.Contains(out, "10.10.10.12") {
			t.Errorf("exit %d\n%s", code, tail(out))
		}
	})
	l.sub(t, "pig itself is killed", func(t *testing.T) {
		s := l.begin("/root/gone", "47")
		_ = s.cmd.Process.Signal(syscall.SIGKILL)
		<-s.ended
		l.eventually(30*time.Second, "the end of the agent", func() error {
			if ps := l.node("10.10.10.12", "ps", "axww", "-o", "args"); strings.Contains(ps, "agent-") || strings.Contains(ps, "sleep 47") {
				return os.ErrExist
			}
			return nil
		})
	})
	l.sub(t, "the network is cut", func(t *testing.T) {
		s := l.begin("/root/cut", "90")
		if err := l.box.Partition(l.ctx, "10.10.10.12", true); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.box.Partition(l.ctx, "10.10.10.12", false) }()
		begin := time.Now()
		code, out := s.end()
		if code != 4 || !strings.Contains(out, "no longer answers") {
			t.Errorf("exit %d (%s) after %s\n%s", code, s.cmd.ProcessState, time.Since(begin), tail(out))
		}
	})
	l.sub(t, "the sudo password is wrong", func(t *testing.T) {
		l.node("10.10.10.12", "sh", "-c", "useradd -m -s /bin/bash carol && echo carol:Right.2718 | chpasswd && echo 'carol ALL=(ALL) ALL' > /etc/sudoers.d/carol && mkdir -p ~carol/.ssh && cp ~dba/.ssh/authorized_keys ~carol/.ssh/ && chown -R carol ~carol/.ssh")
		l.file("who.yml", "- hosts: 10.10.10.12\n  become: true\n  gather_facts: false\n  tasks: [ { command: id -un, register: who }, { debug: { var: who.stdout } } ]\n")
		if code, out := l.run("play", "who.yml", "-u", "carol", "-e", "ansible_become_password=Wrong.1414"); code != 4 || !strings.Contains(out, "does not accept the become password") {
			t.Errorf("wrong: exit %d\n%s", code, tail(out))
		}
		if code, out := l.run("play", "who.yml", "-u", "carol"); code != 4 || !strings.Contains(out, "sudo requires a password") {
			t.Errorf("none: exit %d\n%s", code, tail(out))
		}
		if code, out := l.run("play", "who.yml", "-u", "carol", "-e", "ansible_become_password=Right.2718"); code != 0 || !strings.Contains(out, "root") {
			t.Errorf("right: exit %d\n%s", code, tail(out))
		}
	})
}
