//go:build linux

package node

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What may change a machine waits for what comes first, and does not happen without it. Questions do not wait.
func TestNothingChangesBeforeWhatComesFirst(t *testing.T) {
	t.Parallel()
	k := newTools(t, nil)
	dir := playground(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Method) })) //nolint:gosec // a method's name
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port
	text := "x"
	deeds := map[string]func(System) error{
		"write":         func(s System) error { return s.Files().Write(dir+"/new", []byte("x"), Attrs{}) },
		"write unknown": func(s System) error { return s.Files().WriteUnknown(dir+"/new", Attrs{}) },
		"place":         func(s System) error { return s.Files().Place(dir+"/new", 0, Attrs{}) },
		"generate": func(s System) error {
			_, err := s.Files().Generate(dir+"/new", func() ([]byte, error) { return []byte("x"), nil }, Attrs{})
			return err
		},
		"mkdir":    func(s System) error { return s.Files().Mkdir(dir+"/d", Attrs{}) },
		"symlink":  func(s System) error { return s.Files().Symlink("old", dir+"/l") },
		"hardlink": func(s System) error { return s.Files().Hardlink(dir+"/old", dir+"/h") },
		"set":      func(s System) error { return s.Files().Set(dir+"/old", true, Attrs{Owner: "root"}) },
		"touch":    func(s System) error { return s.Files().Touch(dir+"/old", Attrs{}) },
		"remove":   func(s System) error { return s.Files().Remove(dir + "/tree") },
		"rename":   func(s System) error { return s.Files().Rename(dir+"/old", dir+"/older") },
		"exec": func(s System) error {
			_, err := s.Exec(t.Context(), Cmd{Argv: []string{k.dir + "/systemctl"}})
			return err
		},
		"add user":     func(s System) error { return s.Accounts().AddUser(t.Context(), "x", AccountChange{}) },
		"modify user":  func(s System) error { return s.Accounts().ModifyUser(t.Context(), "root", AccountChange{Shell: &text}) },
		"remove user":  func(s System) error { return s.Accounts().RemoveUser(t.Context(), "x", false) },
		"add group":    func(s System) error { return s.Accounts().AddGroup(t.Context(), "x", nil, false) },
		"modify group": func(s System) error { return s.Accounts().ModifyGroup(t.Context(), "root", 0) },
		"remove group": func(s System) error { return s.Accounts().RemoveGroup(t.Context(), "x") },
		"install": func(s System) error {
			return s.Packages().Install(t.Context(), []string{"pig-test-x"}, InstallOptions{})
		},
		"uninstall": func(s System) error { return s.Packages().Remove(t.Context(), []string{"pig-test-x"}, false, false) },
		"start":     func(s System) error { return s.Services().Start(t.Context(), "x", UnitOptions{}) },
		"stop":      func(s System) error { return s.Services().Stop(t.Context(), "x", UnitOptions{}) },
		"restart":   func(s System) error { return s.Services().Restart(t.Context(), "x", UnitOptions{}) },
		"reload":    func(s System) error { return s.Services().Reload(t.Context(), "x", UnitOptions{}) },
		"enable":    func(s System) error { return s.Services().Enable(t.Context(), "x", true) },
		"mask":      func(s System) error { return s.Services().Mask(t.Context(), "x", true) },
		"post": func(s System) error {
			_, err := s.Net().HTTP(t.Context(), Request{Method: "POST", URL: server.URL})
			return err
		},
		"several steps": func(s System) error {
			return s.Do(t.Context(), Change{Kind: "x"}, func(context.Context) error { return nil })
		},
		"converse": func(s System) error {
			return s.Net().Converse(t.Context(), Conversation{Host: "127.0.0.1", Port: port, Timeout: time.Second, Speak: func(io.ReadWriter) error { return nil }})
		},
	}
	for name, deed := range deeds {
		t.Run(name, func(t *testing.T) {
			var changes []Change
			live := k.system(t, &changes)
			none := errors.New("no note")
			if err := deed(First(live, func() error { return none })); !errors.Is(err, none) || len(changes) > 0 {
				t.Errorf("without it: %v, %+v", err, changes)
			}
			if calls := k.calls(t); calls != "" {
				t.Errorf("without it: %s", calls)
			}
			noted := 0
			first := First(live, func() error { noted++; return nil })
			_ = deed(first) //nolint:errcheck // some have no right to here: the note counts
			_ = deed(first) //nolint:errcheck // as above
			if noted != 1 {
				t.Errorf("noted %d times", noted)
			}
			k.calls(t)
		})
	}
	asked := First(mustFor(t, NewLive(), nil), func() error { t.Error("a question is no change"); return nil })
	if _, err := asked.Exec(t.Context(), Cmd{Argv: []string{"true"}, ReadOnly: true}); err != nil {
		t.Error(err)
	}
	if res, err := asked.Net().HTTP(t.Context(), Request{URL: server.URL}); err != nil || string(res.Body) != "GET" {
		t.Error(res, err)
	}
	if _, err := asked.Files().Stat(filepath.Join(dir, "old"), true); err != nil {
		t.Error(err)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/big":
			_, _ = io.WriteString(w, strings.Repeat("x", maxBody+2))
		default:
			w.Header().Set("X-Host", r.Host)
			_, _ = io.WriteString(w, user+password) //nolint:gosec // a test
		}
	}))
	defer server.Close()
	var changes []Change
	sys := mustFor(t, NewLive(), func(c Change) { changes = append(changes, c) })
	n := sys.Net()
	if _, err := n.HTTP(t.Context(), Request{URL: server.URL, Timeout: time.Second}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody: %v", err)
	}
	res, err := n.HTTP(t.Context(), Request{URL: server.URL, Insecure: true, User: "u", Password: "p", Header: map[string]string{"Host": "other"}, Change: &Change{Kind: "x", ID: "y"}})
	if err != nil || string(res.Body) != "up" || res.Header["X-Host"] != "other" || len(changes) != 1 {
		t.Error(res, err, changes)
	}
	if res, err := n.HTTP(t.Context(), Request{URL: server.URL + "/moved", Insecure: true, NoFollow: true}); err != nil || res.Status != 302 {
		t.Error(res, err)
	}
	if _, err := n.HTTP(t.Context(), Request{URL: server.URL + "/big", Insecure: true}); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a body without end: %v", err)
	}
	for field, r := range map[string]Request{"CA": {CAFile: "/nosuch"}, "holds no certificate": {CAFile: "/etc/hostname"}, "client certificate": {CertFile: "/nosuch"}, "client key": {CertFile: "/etc/hostname", KeyFile: "/nosuch"}} {
		r.URL = server.URL
		if _, err := n.HTTP(t.Context(), r); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	dir := t.TempDir()
	if res, err := n.HTTP(t.Context(), Request{URL: server.URL, Insecure: true, User: "u", Into: dir + "/f"}); err != nil || res.Size != 1 {
		t.Error(res, err)
	}
	if err := sys.Files().Place(dir+"/f", 1, Attrs{}); err != nil {
		t.Error(err)
	}
	if _, err := n.Dial(t.Context(), "127.0.0.1", server.Listener.Addr().(*net.TCPAddr).Port, 50*time.Millisecond, 10); err == nil {
		t.Error("a peer that says nothing has said something")
	}
	if interfaces, err := n.Interfaces(); err != nil || len(interfaces) == 0 {
		t.Error(interfaces, err)
	}
}
