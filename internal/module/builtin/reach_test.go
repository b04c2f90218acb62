package builtin

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/module"
	"pig/internal/module/fake"
	"pig/internal/node"
	"pig/internal/value"
)

// webServer is a server that answers what it was asked.
var liveMachine = node.NewLive()

func webServer(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		w.Header().Set("X-Type", r.Header.Get("Content-Type"))
		switch r.URL.Path {
		case "/json":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"role": "primary"}`)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, strings.Repeat("busy ", 100))
		default:
			_, _ = io.WriteString(w, r.Method+" "+user+":"+password+" "+string(body)) //nolint:gosec // a test
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestURI(t *testing.T) {
	t.Parallel()
	s := webServer(t)
	for _, c := range []struct {
		args   *value.Dict
		want   string
		failed string
	}{
		{value.DictOf("url", s.URL, "return_content", true), "GET : ", ""},
		{value.DictOf("url", s.URL, "return_content", true, "method", "put", "body", "x", "user", "u", "password", "p"), "PUT u:p x", ""},
		{value.DictOf("url", s.URL, "return_content", true, "method", "POST", "body_format", "json", "body", value.DictOf("a", int64(1))), `POST : {"a":1}`, ""},
		{value.DictOf("url", s.URL, "return_content", true, "method", "POST", "body_format", "form-urlencoded", "body", value.DictOf("a", "b c")), "POST : a=b+c", ""},
		{value.DictOf("url", s.URL, "method", "POST", "body_format", "form-urlencoded", "body", "a=b"), "", "is a mapping"},
		{value.DictOf("url", s.URL+"/busy"), "", "Status code was 503 and not [200]: busy busy"},
		{value.DictOf("url", s.URL+"/busy", "status_code", value.NewList(int64(200), int64(503))), "", ""},
		{value.DictOf("url", "http://127.0.0.1:1"), "", "refused"},
	} {
		r := module.Run(t.Context(), liveMachine, Table(), module.Task{Module: "uri", Args: c.args})
		if !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%s: %q", value.Display(c.args), r.Failed)
		}
		if c.want != "" && r.Values.At("content") != c.want {
			t.Errorf("%s: %v", value.Display(c.args), r.Values.At("content"))
		}
	}
	if r := runLive(t, "uri", "url", s.URL+"/json"); value.Display(r.Values.At("json")) != "{'role': 'primary'}" || r.Values.At("status") != int64(200) || r.Changed != false {
		t.Errorf("%v", value.Display(r.Values))
	}
	dest := filepath.Join(t.TempDir(), "f")
	if r := runLive(t, "uri", "url", s.URL, "dest", dest, "mode", "0600"); r.Failed != "" || r.Changed != true || modeAt(t, dest) != 0o600 {
		t.Errorf("%+v", r)
	}
}

func TestGetURL(t *testing.T) {
	t.Parallel()
	s := webServer(t)
	dir := t.TempDir()
	sum := sha256.Sum256([]byte("GET : "))
	right, wrong := "sha256:"+hex.EncodeToString(sum[:]), "sha256:"+strings.Repeat("0", 64)
	for _, c := range []struct {
		args    *value.Dict
		changed bool
		failed  string
	}{
		{value.DictOf("url", "nosuch", "dest", dir+"/f"), false, `invalid url "nosuch"`},
		{value.DictOf("url", s.URL+"/f", "dest", dir, "checksum", "sha256"), false, "ALGORITHM:DIGEST"},
		{value.DictOf("url", s.URL+"/f", "dest", dir, "checksum", wrong), false, "has the checksum sha256:"},
		{value.DictOf("url", s.URL+"/busy", "dest", dir+"/f"), false, "503 Service Unavailable"},
		{value.DictOf("url", s.URL+"/f", "dest", dir, "checksum", right, "mode", "0640"), true, ""},
		{value.DictOf("url", s.URL+"/f", "dest", dir, "checksum", right), false, ""},
		{value.DictOf("url", s.URL+"/f", "dest", dir+"/f"), false, ""},
		{value.DictOf("url", s.URL+"/f", "dest", dir+"/f", "force", true, "username", "u", "password", "p"), true, ""},
	} {
		r := module.Run(t.Context(), liveMachine, Table(), module.Task{Module: "get_url", Args: c.args})
		if (r.Changed == true) != c.changed || !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%s: changed %v, %q", value.Display(c.args), r.Changed, r.Failed)
		}
	}
	text, err := os.ReadFile(dir + "/f")
	if err != nil || string(text) != "GET u:p " || modeAt(t, dir+"/f") != 0o640 {
		t.Errorf("%q, %v", text, err)
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestWaitFor(t *testing.T) {
	t.Parallel()
	talks := fake.ServeEach(t, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\n") })
	dir := tree(t, map[string]string{"log": "database system is ready\n"})
	late := filepath.Join(dir, "late")
	time.AfterFunc(200*time.Millisecond, func() { _ = os.WriteFile(late, nil, 0o600) }) //nolint:errcheck // the test fails then
	for _, c := range []struct {
		args   *value.Dict
		failed string
	}{
		{value.DictOf("port", talks), ""},
		{value.DictOf("port", talks, "search_regex", "^SSH-2"), ""},
		{value.DictOf("port", talks, "search_regex", "^HTTP", "timeout", int64(0)), "was not started within 0 s"},
		{value.DictOf("port", int64(1), "state", "stopped"), ""},
		{value.DictOf("port", int64(1), "timeout", int64(0)), "nothing listens on port 1 of this node"},
		{value.DictOf("port", int64(1), "timeout", int64(0), "msg", "the server is away"), "the server is away"},
		{value.DictOf("path", dir+"/log", "search_regex", "is ready"), ""},
		{value.DictOf("path", dir+"/log", "state", "absent", "timeout", int64(0)), "was not absent within"},
		{value.DictOf("path", dir+"/nosuch", "state", "absent"), ""},
		{value.DictOf("path", late, "timeout", int64(60)), ""},
		{value.DictOf("timeout", int64(0)), ""},
	} {
		r := module.Run(t.Context(), liveMachine, Table(), module.Task{Module: "wait_for", Args: c.args})
		if !strings.Contains(r.Failed, c.failed) || (r.Failed == "") != (c.failed == "") {
			t.Errorf("%s: %q", value.Display(c.args), r.Failed)
		}
	}
}
