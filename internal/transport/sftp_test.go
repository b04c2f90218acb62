package transport_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pig/internal/transport"
	"pig/internal/transport/sshd"
)

// connected is a connection to the host, whose key is known.
func (l *lab) connected() transport.Conn {
	l.t.Helper()
	l.trust("node", l.host.HostKey.PublicKey())
	c, err := l.conf.SSH(l.t.Context(), node())
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestUpload(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MB
	for name, c := range map[string]struct {
		there int // how much of the file an interrupted upload has left
		from  int
	}{
		"nothing is there":   {0, 0},
		"three quarters are": {3 << 20, 2 << 20}, // the last megabyte is sent again
		"more than it has":   {5 << 20, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.host.SFTP = func(ch io.ReadWriteCloser) { sshd.Files(ch) }
			path := filepath.Join(t.TempDir(), "agent.part")
			if c.there > 0 {
				left := bytes.Repeat(content, 2)[:c.there]
				if err := os.WriteFile(path, left, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			told := 0
			from, err := l.connected().(transport.Uploader).Upload(path, content, func(done int) { told = done })
			if err != nil || from != c.from || told != len(content) {
				t.Errorf("from %d of %d, %v", from, told, err)
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes arrived, %v", len(got), err)
			}
		})
	}
}

func TestUploadWithoutSFTP(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]func(io.ReadWriteCloser){
		"no server":          nil,
		"one that ends":      func(io.ReadWriteCloser) {},
		"one that says else": func(ch io.ReadWriteCloser) { _, _ = io.WriteString(ch, "Welcome!\n") },
	} {
		l := newLab(t)
		l.host.SFTP = server
		if _, err := l.connected().(transport.Uploader).Upload(filepath.Join(t.TempDir(), "a"), []byte("a"), func(int) {}); err == nil || !strings.Contains(err.Error(), "cannot use SFTP") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUploadWhereNobodyMayWrite(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.host.SFTP = func(ch io.ReadWriteCloser) { sshd.Files(ch) }
	if _, err := l.connected().(transport.Uploader).Upload(filepath.Join(t.TempDir(), "no", "directory"), []byte("a"), func(int) {}); err == nil {
		t.Error("a file in a directory that is not there")
	}
}

func TestTheMachineItself(t *testing.T) {
	t.Parallel()
	c, err := transport.Local()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := output(t, c, "echo here; exit 0"); err != nil || text != "here\n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := output(t, c, "exit 3"); err == nil {
		t.Error("a status of 3 is no error")
	}
	p, err := c.Start("cat; echo wrong >&2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p.Stdin(), "told"); err != nil {
		t.Fatal(err)
	}
	p.Stdin().Close()
	heard, _ := io.ReadAll(p.Stdout())
	wrong, _ := io.ReadAll(p.Stderr())
	if err := p.Wait(); err != nil || string(heard) != "told" || string(wrong) != "wrong\n" {
		t.Errorf("%q, %q, %v", heard, wrong, err)
	}
	if c.User() == "" {
		t.Error("nobody runs this")
	}
	select {
	case <-c.Done():
		t.Error("done before it is closed")
	default:
	}
	_ = c.Close()
	<-c.Done()
}

func TestSetsInArgs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"-o User=dba": true, "-l dba": true, "-o 'User dba' -4": true, "-J gate": false, "": false, "-Z": false} {
		if got := transport.SetsInArgs(text, "user"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
