package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"pig/internal/agentbin"
	"pig/internal/transport/sshd"
)

// metered is an SFTP channel that counts what comes in, and does something when so much has come.
type metered struct {
	io.ReadWriteCloser
	came *atomic.Int64
	at   int64
	then func()
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.ReadWriteCloser.Read(p)
	if came := m.came.Add(int64(n)); m.at > 0 && came >= m.at && m.then != nil {
		m.then()
	}
	return n, err
}

// testAgent is the agent of these tests: the test itself.
func testAgent(t *testing.T) agentbin.Binary {
	t.Helper()
	bin, err := agentbin.NewStore().For(map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH])
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// left are the files of the cache on the host: whole, and not whole yet.
func (s *site) left() (whole, parts []string) {
	all, _ := filepath.Glob(s.home + "/.cache/pig/agent-*")
	for _, f := range all {
		if strings.Contains(filepath.Base(f), ".") {
			parts = append(parts, f)
		} else {
			whole = append(whole, f)
		}
	}
	return whole, parts
}

func (s *site) arrived(name string) {
	s.t.Helper()
	if whole, parts := s.left(); len(whole) != 1 || len(parts) > 0 {
		s.t.Errorf("%s: the cache has %v and %v", name, whole, parts)
	}
}

func TestTheAgentGoesBySFTPWhereThereIsOne(t *testing.T) {
	t.Parallel()
	size := int64(len(testAgent(t).Content))
	for name, c := range map[string]struct {
		server func(came *atomic.Int64) func(io.ReadWriteCloser)
		// bytes that come by SFTP, at least and at most
		least, most int64
	}{
		"by SFTP": {func(came *atomic.Int64) func(io.ReadWriteCloser) {
			return func(ch io.ReadWriteCloser) { sshd.Files(&metered{ReadWriteCloser: ch, came: came}) }
		}, size, size + size/20},
		"without it":                 {func(*atomic.Int64) func(io.ReadWriteCloser) { return nil }, 0, 0},
		"a server that ends at once": {func(*atomic.Int64) func(io.ReadWriteCloser) { return func(io.ReadWriteCloser) {} }, 0, 0},
		"a login that prints something": {func(*atomic.Int64) func(io.ReadWriteCloser) {
			return func(ch io.ReadWriteCloser) { _, _ = io.WriteString(ch, "Welcome to db!\n") }
		}, 0, 0},
		"a full disk": {func(came *atomic.Int64) func(io.ReadWriteCloser) {
			return func(ch io.ReadWriteCloser) {
				_ = sftp.NewRequestServer(&metered{ReadWriteCloser: ch, came: came}, fullDisk()).Serve()
			}
		}, 1 << 20, size / 2},
		"a server that breaks off in the middle": {func(came *atomic.Int64) func(io.ReadWriteCloser) {
			return func(ch io.ReadWriteCloser) {
				sshd.Files(&metered{ReadWriteCloser: ch, came: came, at: size / 2, then: func() { _ = ch.Close() }})
			}
		}, size / 2, size},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			var came atomic.Int64
			s.server.SFTP = c.server(&came)
			if err := say(t, s.fleet(), "hello"); err != nil {
				t.Fatal(err)
			}
			s.arrived(name)
			if n := came.Load(); n < c.least || n > c.most {
				t.Errorf("%d bytes come by SFTP, want %d to %d", n, c.least, c.most)
			}
			lines := len(s.lines)
			came.Store(0)
			if err := say(t, s.fleet(), "again"); err != nil {
				t.Fatal(err)
			}
			if n := len(s.lines) - lines; n != 2 || came.Load() > 0 {
				t.Errorf("a start without an upload takes %d commands, %d bytes by SFTP", n, came.Load())
			}
		})
	}
}

func TestAnInterruptedUploadGoesOn(t *testing.T) {
	t.Parallel()
	size := int64(len(testAgent(t).Content))
	s := newSite(t)
	var came atomic.Int64
	var mu sync.Mutex
	var conns []net.Conn
	dial := s.conf.Dial
	s.conf.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, c)
		return c, err
	}
	cut := func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range conns {
			_ = c.Close()
		}
	}
	s.server.SFTP = func(ch io.ReadWriteCloser) { sshd.Files(&metered{ch, &came, size * 3 / 4, cut}) }
	var gone *Unreachable
	if err := say(t, s.fleet(), "cut"); !errors.As(err, &gone) {
		t.Fatalf("a cut connection: %v", err)
	}
	whole, parts := s.left()
	if len(whole) != 0 || len(parts) != 1 {
		t.Fatalf("after the cut: %v, %v", whole, parts)
	}
	came.Store(0)
	s.server.SFTP = func(ch io.ReadWriteCloser) { sshd.Files(&metered{ReadWriteCloser: ch, came: &came}) }
	if err := say(t, s.fleet(), "on"); err != nil {
		t.Fatal(err)
	}
	s.arrived("after the cut")
	if n := came.Load(); n == 0 || n > size/2 {
		t.Errorf("%d of %d bytes are sent again", n, size)
	}
}

// What was left of an upload and is not the agent's beginning, or is longer, is told by the digest and sent anew.
func TestWhatIsLeftOfAnUploadIsVerified(t *testing.T) {
	t.Parallel()
	bin := testAgent(t)
	size := int64(len(bin.Content))
	for name, c := range map[string]struct {
		content     []byte
		least, most int64
	}{
		"something else":       {make([]byte, 4<<20), 2*size - 4<<20, 2*size + size/10},
		"something longer":     {make([]byte, size+1), size, size + size/20},
		"the agent, not moved": {bin.Content, 1, size / 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			var came atomic.Int64
			s.server.SFTP = func(ch io.ReadWriteCloser) { sshd.Files(&metered{ReadWriteCloser: ch, came: &came}) }
			dir := filepath.Join(s.home, ".cache/pig")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "agent-"+bin.SHA256+".part"), c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := say(t, s.fleet(), "hello"); err != nil {
				t.Fatal(err)
			}
			s.arrived(name)
			if n := came.Load(); n < c.least || n > c.most {
				t.Errorf("%d bytes come by SFTP, want %d to %d", n, c.least, c.most)
			}
		})
	}
}

// Two controllers that send one agent at the same time help each other.
func TestTwoUploadsOfOneAgent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.server.SFTP = sshd.Files
	var both sync.WaitGroup
	for i := range 2 {
		both.Go(func() {
			if err := say(t, s.fleet(), fmt.Sprint("controller ", i)); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if whole, _ := s.left(); len(whole) != 1 {
		t.Errorf("the cache has %v", whole)
	}
}

// full is a disk that takes a megabyte.
type full struct{}

func fullDisk() sftp.Handlers {
	f := &full{}
	return sftp.Handlers{FileGet: f, FilePut: f, FileCmd: f, FileList: f}
}

func (f *full) Fileread(*sftp.Request) (io.ReaderAt, error)  { return nil, syscall.EPERM }
func (f *full) Filewrite(*sftp.Request) (io.WriterAt, error) { return f, nil }
func (f *full) Filecmd(*sftp.Request) error                  { return nil }
func (f *full) Filelist(*sftp.Request) (sftp.ListerAt, error) {
	return f, nil
}
func (f *full) ListAt(list []os.FileInfo, _ int64) (int, error) {
	list[0] = f
	return 1, io.EOF
}

func (f *full) WriteAt(p []byte, at int64) (int, error) {
	if at >= 1<<20 {
		return 0, syscall.ENOSPC
	}
	return len(p), nil
}

func (f *full) Name() string       { return "agent" }
func (f *full) Size() int64        { return 0 }
func (f *full) Mode() os.FileMode  { return 0o600 }
func (f *full) ModTime() time.Time { return time.Time{} }
func (f *full) IsDir() bool        { return false }
func (f *full) Sys() any           { return nil }
