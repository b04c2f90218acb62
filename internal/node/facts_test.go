//go:build linux

package node

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// standing is a bare machine with units that run, commands that answer, and a service that lets nobody in.
type standing struct{}

type standingSystem struct{ bare }

type (
	standingServices struct{ bareServices }
	standingNet      struct{ bareNet }
	standingPackages struct{ barePackages }
)

func (standing) For(Task) (System, error)             { return standingSystem{bare{"root"}}, nil }
func (standingSystem) Services() Services             { return standingServices{} }
func (standingSystem) Net() Net                       { return standingNet{} }
func (standingSystem) Packages() Packages             { return standingPackages{} }
func (standingSystem) Foreseen(string) (string, bool) { return "", false }
func (standingServices) Unit(_ context.Context, name string) (Unit, error) {
	return Unit{Name: name, Exists: true, Active: "active"}, nil
}
func (standingSystem) Exec(context.Context, Cmd) (Output, error) {
	return Output{Stdout: []byte("said")}, nil
}
func (standingNet) HTTP(context.Context, Request) (Response, error) {
	return Response{Status: 403}, nil
}
func (standingPackages) Candidates(_ context.Context, names []string) (map[string]string, error) {
	found := map[string]string{}
	for _, n := range names {
		found[n] = "1"
	}
	return found, nil
}

// What a plan changes is known to its later tasks, and only there.
func TestAPlanKnowsWhatItsChangesMake(t *testing.T) {
	t.Parallel()
	const fact = "role of x"
	for name, change := range map[string]func(s System, c Change) error{
		"several steps": func(s System, c Change) error {
			return s.Do(t.Context(), c, func(context.Context) error { return nil })
		},
		"a command": func(s System, c Change) error {
			_, err := s.Exec(t.Context(), Cmd{Argv: []string{"true"}, Change: &c})
			return err
		},
		"a request": func(s System, c Change) error {
			_, err := s.Net().HTTP(t.Context(), Request{Method: "POST", Change: &c})
			return err
		},
		"a protocol": func(s System, c Change) error { return s.Net().Converse(t.Context(), Conversation{Change: &c}) },
	} {
		shadow := NewShadow(standing{})
		s, later := mustFor(t, shadow, nil), mustFor(t, shadow, nil)
		if v, ok := later.Foreseen(fact); ok {
			t.Errorf("%s: before the change: %q", name, v)
		}
		for _, value := range []string{"replica", "primary"} {
			if err := change(s, Change{Kind: "x", Makes: map[string]string{fact: value}}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if v, ok := later.Foreseen(fact); !ok || v != value {
				t.Errorf("%s: %q, %t", name, v, ok)
			}
		}
		if v, ok := mustFor(t, NewShadow(standing{}), nil).Foreseen(fact); ok {
			t.Errorf("%s: another plan knows %q", name, v)
		}
	}
	live := mustFor(t, NewLive(), nil)
	if err := live.Do(t.Context(), Change{Makes: map[string]string{fact: "primary"}}, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if v, ok := live.Foreseen(fact); ok {
		t.Errorf("a machine that acts foresees %q", v)
	}
}

// A refusal of a key is one, unless the plan restarts the service that reads its keys then.
func TestARefusalBeforeARestartIsUnknown(t *testing.T) {
	t.Parallel()
	keyed := Request{URL: "http://x/", ReadOnly: true, Needs: "x", Keyed: true}
	for name, c := range map[string]struct {
		plan    func(Services) error
		request Request
		unknown bool
	}{
		"nothing is planned": {func(Services) error { return nil }, keyed, false},
		"a reload":           {func(v Services) error { return v.Reload(t.Context(), "x", UnitOptions{}) }, keyed, false},
		"a restart":          {func(v Services) error { return v.Restart(t.Context(), "x.service", UnitOptions{}) }, keyed, true},
		"of another unit":    {func(v Services) error { return v.Restart(t.Context(), "y", UnitOptions{}) }, keyed, false},
		"of another's key":   {func(v Services) error { return v.Restart(t.Context(), "x", UnitOptions{}) }, Request{URL: "http://x/", ReadOnly: true, Needs: "x"}, false},
	} {
		s := mustFor(t, NewShadow(standing{}), nil)
		if err := c.plan(s.Services()); err != nil {
			t.Fatal(err)
		}
		res, err := s.Net().HTTP(t.Context(), c.request)
		if errors.Is(err, ErrUnknown) != c.unknown || !c.unknown && (err != nil || res.Status != 403) {
			t.Errorf("%s: %+v, %v", name, res, err)
		}
	}
}

// A server that is asked with the scheme that it will speak only after a planned restart has not answered yet.
func TestTheSchemeOfAServer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		res  Response
		err  error
		want bool
	}{
		"a server that speaks TLS":   {Response{Status: 400, Body: []byte("Client sent an HTTP request to an HTTPS server.\n")}, nil, true},
		"a request that is wrong":    {Response{Status: 400, Body: []byte("bad")}, nil, false},
		"an answer":                  {Response{Status: 200, Body: []byte("Client sent an HTTP request to an HTTPS server.")}, nil, false},
		"a server without TLS":       {Response{}, errors.New("http: server gave HTTP response to HTTPS client"), true},
		"a record that is none":      {Response{}, errors.New("tls: first record does not look like a TLS handshake"), true},
		"a server that is not there": {Response{}, errors.New("connection refused"), false},
	} {
		if got := otherScheme(c.res, c.err); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// A command that tells of what a package brings tells nothing where the package is still to come.
func TestACommandThatTellsOfAPackage(t *testing.T) {
	t.Parallel()
	s := mustFor(t, NewShadow(standing{}), nil)
	ask := Cmd{Argv: []string{"locale", "-a"}, ReadOnly: true, Brought: "locales-all"}
	for _, c := range []struct {
		install string
		unknown bool
	}{{"other", false}, {"locales-all", true}} {
		if err := s.Packages().Install(t.Context(), []string{c.install}, InstallOptions{}); err != nil {
			t.Fatal(err)
		}
		if out, err := s.Exec(t.Context(), ask); errors.Is(err, ErrUnknown) != c.unknown || !c.unknown && string(out.Stdout) != "said" {
			t.Errorf("with %s: %q, %v", c.install, out.Stdout, err)
		}
	}
}

// What is fetched is judged where it is fetched; what does not fit is not kept.
func TestADownloadIsJudged(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "content") }))
	defer server.Close()
	for side, machine := range map[string]Machine{"live": NewLive(), "shadow": NewShadow(NewLive())} {
		dir := t.TempDir()
		s := mustFor(t, machine, nil)
		var got bytes.Buffer
		r := Request{URL: server.URL, Into: dir + "/x", Tee: &got, Fits: func() error {
			if side == "shadow" {
				t.Error("a plan judges what it did not fetch")
			}
			return errors.New("unfit: " + got.String())
		}}
		_, err := s.Net().HTTP(t.Context(), r)
		if live := side == "live"; (err != nil) != live || live && !strings.Contains(err.Error(), "unfit: content") {
			t.Errorf("%s: %v", side, err)
		}
		if side == "live" && s.Files().Place(dir+"/x", int64(got.Len()), Attrs{}) == nil {
			t.Error("what did not fit could be placed")
		}
	}
}
