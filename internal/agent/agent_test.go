package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/products/onnode"
	"pig/internal/secret"
	"pig/internal/value"
)

func TestFramesSurviveTheStream(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	for i, p := range []string{"", "x", strings.Repeat("long", 1000)} {
		if err := w.Write(Frame{Type: Run, Request: uint32(i), Payload: []byte(p)}); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range []string{"", "x", strings.Repeat("long", 1000)} {
		f, err := Read(&b, MaxPayload)
		if err != nil || f.Type != Run || f.Request != uint32(i) || string(f.Payload) != p {
			t.Fatalf("frame %d: %v %d %d, %v", i, f.Type, f.Request, len(f.Payload), err)
		}
	}
	if _, err := Read(&b, MaxPayload); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestGarbageIsNoFrame(t *testing.T) {
	for _, text := range []string{"Welcome to Debian!\n", "\x00\x00\x00\x01xxxxxxxx", "\x00\x00\x00\x20\x01\x00\x00\x00\x00cut"} {
		if f, err := Read(strings.NewReader(text), MaxPayload); err == nil {
			t.Errorf("%q gave %+v", text, f)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x06\x02\x00\x00\x00\x01x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := Read(bytes.NewReader(b), MaxPayload)
		if err != nil {
			return
		}
		_, _ = DecodeRequest(frame.Payload)
		_, _ = DecodeResult(frame.Payload)
	})
}

func TestResultTravelsWhole(t *testing.T) {
	in := module.Result{
		Values:  value.DictOf("rc", int64(3), "stdout", secret.Carrying("pw=s3cret", "s3cret")),
		Changed: value.Unknown{Why: "x"}, Failed: "no", Warnings: []string{"careful"},
		Changes: []node.Change{{
			Kind: "file", ID: "/x", Action: "create", Attrs: []node.Attr{{Name: "mode", Before: "", After: "0600"}},
			Diff: "+a\n", Impact: node.ImpactRestart, Assumed: true, Unknown: true, Shared: true,
		}},
	}
	b, err := EncodeResult(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := DecodeResult(b)
	if err != nil {
		t.Fatal(err)
	}
	if out.Failed != in.Failed || !value.IsUnknown(out.Changed) || out.Warnings[0] != "careful" || len(out.Changes) != 1 {
		t.Fatalf("got %+v", out)
	}
	if c, want := out.Changes[0], in.Changes[0]; c.Key() != want.Key() || c.Attrs[0] != want.Attrs[0] || c.Impact != want.Impact || !c.Assumed || !c.Unknown || !c.Shared || c.Diff != want.Diff {
		t.Errorf("change %+v", c)
	}
	s, ok := out.Values.At("stdout").(secret.Text)
	if !ok || s.Plain() != "pw=s3cret" || s.Parts()[0] != "s3cret" {
		t.Errorf("the secret became %#v", out.Values.At("stdout"))
	}
}

// talk runs a server over pipes and gives its two ends.
func talk(t *testing.T) (*Writer, io.Reader, io.Closer, chan error) {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- NewServer(node.NewLive(), onnode.Modules()).Serve(context.Background(), inR, outW)
		outW.Close()
	}()
	hello, err := Read(outR, MaxPayload)
	if err != nil || hello.Type != Hello || string(hello.Payload) != Magic {
		t.Fatalf("greeting: %+v, %v", hello, err)
	}
	return NewWriter(inW), outR, inW, done
}

func request(t *testing.T, w *Writer, id uint32, argv ...string) {
	t.Helper()
	args := value.DictOf("argv", value.Strings(argv))
	b, err := EncodeRequest(Request{Task: module.Task{Module: "command", Args: args}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Frame{Type: Run, Request: id, Payload: b}); err != nil {
		t.Fatal(err)
	}
}

func result(t *testing.T, r io.Reader) (uint32, module.Result) {
	t.Helper()
	f, err := Read(r, MaxPayload)
	if err != nil || f.Type != Result {
		t.Fatalf("answer: %+v, %v", f, err)
	}
	res, err := DecodeResult(f.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return f.Request, res
}

func TestASlowTaskHoldsUpNoOther(t *testing.T) {
	w, r, in, done := talk(t)
	request(t, w, 1, "sleep", "60")
	request(t, w, 2, "echo", "quick")
	if id, res := result(t, r); id != 2 || value.Str(res.Values.At("stdout")) != "quick" {
		t.Fatalf("first answer is of %d: %+v", id, res)
	}
	if err := w.Write(Frame{Type: Cancel, Request: 1}); err != nil {
		t.Fatal(err)
	}
	if id, res := result(t, r); id != 1 || !strings.Contains(res.Failed, "cancelled by the operator") {
		t.Fatalf("the cancelled one: %d %+v", id, res)
	}
	in.Close()
	if err := <-done; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestTasksDieWithTheStream(t *testing.T) {
	dir := t.TempDir()
	w, r, in, done := talk(t)
	go func() { _, _ = io.Copy(io.Discard, r) }()
	request(t, w, 1, "sh", "-c", "echo $$ > "+dir+"/pid; sleep 60; touch "+dir+"/outlived")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(dir + "/pid"); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the task did not start")
		}
	}
	in.Close()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the server outlived its stream")
	}
	if _, err := os.Stat(dir + "/outlived"); err == nil {
		t.Error("the task went on")
	}
}

func TestADefectOfAModuleIsItsOwn(t *testing.T) {
	table := map[string]module.Module{"boom": {Name: "boom", Run: func(context.Context, *module.Call) (*value.Dict, error) { panic("ouch") }}}
	s := NewServer(node.NewLive(), table)
	b, err := EncodeRequest(Request{Task: module.Task{Module: "boom", Args: value.NewDict()}})
	if err != nil {
		t.Fatal(err)
	}
	if res := s.execute(t.Context(), b); !strings.Contains(res.Failed, "a defect in pig: ouch") {
		t.Errorf("got %q", res.Failed)
	}
}

func TestATaskEndsAtItsTimeout(t *testing.T) {
	t.Parallel()
	table := map[string]module.Module{"hang": {Name: "hang", Run: func(ctx context.Context, _ *module.Call) (*value.Dict, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}}
	b, err := EncodeRequest(Request{Task: module.Task{Module: "hang", Args: value.NewDict()}, Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	// Without its timeout the task would end with the test's patience, and say so.
	ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, errors.New("nobody ended the task"))
	defer cancel()
	if res := NewServer(node.NewLive(), table).execute(ctx, b); !strings.Contains(res.Failed, "longer than the timeout of 20ms") {
		t.Errorf("got %q", res.Failed)
	}
}

func TestAPlanLeavesTheMachineAlone(t *testing.T) {
	t.Parallel()
	for _, planned := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "motd")
		task := module.Task{Module: "copy", Args: value.DictOf("dest", path, "content", "welcome\n")}
		b, err := EncodeRequest(Request{Task: task, Planned: planned})
		if err != nil {
			t.Fatal(err)
		}
		res := NewServer(node.NewLive(), onnode.Modules()).execute(t.Context(), b)
		if res.Failed != "" || len(res.Changes) != 1 {
			t.Errorf("planned %v: %+v", planned, res)
		}
		if _, err := os.Stat(path); (err == nil) == planned {
			t.Errorf("planned %v: %v", planned, err)
		}
	}
}

// A task that cannot begin fails by itself: the agent answers, and goes on.
func TestATaskThatCannotBeginIsAnswered(t *testing.T) {
	t.Parallel()
	table := map[string]module.Module{"echo": {Name: "echo", Spec: module.Spec{Args: []module.Arg{{Name: "text", Required: true}}},
		Run: func(_ context.Context, c *module.Call) (*value.Dict, error) { return nil, nil }}}
	text := value.DictOf("text", "x")
	for name, c := range map[string]struct {
		task module.Task
		says string
	}{
		"an account that is not there": {module.Task{Module: "echo", Args: text, User: "nobody-of-that-name"}, `user "nobody-of-that-name" not found on this node`},
		"a module that is not there":   {module.Task{Module: "ecko", Args: text}, `no module "ecko"`},
		"an argument that is missing":  {module.Task{Module: "echo", Args: value.NewDict()}, "text"},
		"nothing wrong":                {module.Task{Module: "echo", Args: text}, ""},
	} {
		payload, err := EncodeRequest(Request{Task: c.task})
		if err != nil {
			t.Fatal(err)
		}
		var in, out bytes.Buffer
		if err := NewWriter(&in).Write(Frame{Type: Run, Request: 1, Payload: payload}); err != nil {
			t.Fatal(err)
		}
		if err := NewServer(node.NewLive(), table).Serve(t.Context(), &in, &out); err != nil {
			t.Fatal(err)
		}
		_, _ = Read(&out, MaxPayload) // the greeting
		f, err := Read(&out, MaxPayload)
		if err != nil || f.Type != Result || f.Request != 1 {
			t.Errorf("%s: %+v, %v", name, f, err)
			continue
		}
		r, err := DecodeResult(f.Payload)
		if err != nil || !strings.Contains(r.Failed, c.says) || (r.Failed == "") != (c.says == "") {
			t.Errorf("%s: %q, %v", name, r.Failed, err)
		}
	}
}

// A link of which only the controller's half is broken brings no failure of a task that was cut off for that.
func TestATaskThatWasCutOffIsNoFailure(t *testing.T) {
	table := map[string]module.Module{"wait": {Name: "wait", Run: func(ctx context.Context, _ *module.Call) (*value.Dict, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("cannot run /bin/sh: %w", context.Cause(ctx))
	}}}
	in, tell := io.Pipe()
	hear, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- NewServer(node.NewLive(), table).Serve(t.Context(), in, out)
		out.Close()
	}()
	if _, err := Read(hear, MaxAnswer); err != nil { // the greeting
		t.Fatal(err)
	}
	b, err := EncodeRequest(Request{Task: module.Task{Module: "wait", Args: value.NewDict()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := NewWriter(tell).Write(Frame{Type: Run, Request: 1, Payload: b}); err != nil {
		t.Fatal(err)
	}
	tell.Close()
	for {
		f, err := Read(hear, MaxAnswer)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || f.Type == Result {
			t.Fatalf("%+v, %v", f, err)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
