package fleet_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"pig/internal/agent"
	"pig/internal/fleet"
	"pig/internal/fleet/liar"
	"pig/internal/module"
	"pig/internal/transport"
	"pig/internal/value"
)

// values is a payload that holds v for the key values; bytes after it are the test's.
func payload(t *testing.T, tail []byte) []byte {
	t.Helper()
	b, err := value.Append(nil, value.DictOf("values", nil))
	if err != nil {
		t.Fatal(err)
	}
	return append(b[:len(b)-1], tail...) // without the nil
}

// deep is a list in a list in a list, each of which claims to hold all the rest of the message.
func deep(depth, size int) []byte {
	list, _ := value.Append(nil, value.NewList())
	var b []byte
	for i := range depth {
		b = append(b, list[0])
		b = binary.AppendUvarint(b, uint64(size-8*i))
	}
	return append(b, make([]byte, size)...)
}

func TestALyingAgentFailsByItself(t *testing.T) {
	before := memory()
	for name, c := range map[string]struct {
		answer liar.Answer
		want   string // of the error; "" for an honest answer
	}{
		"another type of frame":  {func(id uint32, _ agent.Request, out *liar.Out) { out.Frame(agent.Run, id, nil) }, "type 2"},
		"an unknown type":        {func(id uint32, _ agent.Request, out *liar.Out) { out.Frame(99, id, nil) }, "type 99"},
		"a request never sent":   {func(_ uint32, _ agent.Request, out *liar.Out) { out.Values(4711, "x", "y") }, "4711"},
		"a giant frame":          {func(id uint32, _ agent.Request, out *liar.Out) { out.Header(0xffffffff, agent.Result, id) }, "not a frame"},
		"a frame without a head": {func(id uint32, _ agent.Request, out *liar.Out) { out.Header(1, agent.Result, id) }, "not a frame"},
		"noise":                  {func(_ uint32, _ agent.Request, out *liar.Out) { out.Bytes(bytes.Repeat([]byte("HTTP/1.1 "), 100)) }, "not a frame"},
		"no value":               {func(id uint32, _ agent.Request, out *liar.Out) { out.Frame(agent.Result, id, []byte{250}) }, "cannot be read"},
		"a value cut short":      {func(id uint32, _ agent.Request, out *liar.Out) { out.Frame(agent.Result, id, payload(t, nil)) }, "cannot be read"},
		"no mapping": {func(id uint32, _ agent.Request, out *liar.Out) {
			b, _ := value.Append(nil, "x")
			out.Frame(agent.Result, id, b)
		}, "cannot be read"},
		"lists that claim": {func(id uint32, _ agent.Request, out *liar.Out) {
			out.Frame(agent.Result, id, payload(t, deep(500, 8<<20)))
		}, "cannot be read"},
		"too deep": {func(id uint32, _ agent.Request, out *liar.Out) {
			out.Frame(agent.Result, id, payload(t, deep(5000, 1<<17)))
		}, "nests too deeply"},
		"too many values": {func(id uint32, _ agent.Request, out *liar.Out) {
			list, _ := value.Append(nil, value.NewList())
			out.Frame(agent.Result, id, payload(t, append(binary.AppendUvarint(list[:1], 20<<20), make([]byte, 20<<20)...)))
		}, "more than"},
		"an integer of a million digits": {func(id uint32, _ agent.Request, out *liar.Out) {
			big, _ := value.Append(nil, value.DictOf("values", value.Bytes("x")))
			at := bytes.LastIndexByte(big, 'x')
			b := append(bytes.Clone(big[:at-2]), 4) // the tag of a big integer
			b = binary.AppendUvarint(b, 1<<20)
			out.Frame(agent.Result, id, append(b, bytes.Repeat([]byte("9"), 1<<20)...))
		}, "digits"},
		"twice": {func(id uint32, _ agent.Request, out *liar.Out) {
			for range 3 {
				out.Values(id, "x", "y")
			}
		}, ""},
		"fields of other types": {func(id uint32, _ agent.Request, out *liar.Out) {
			b, _ := value.Append(nil, value.DictOf("values", value.NewList("x"), "changed", "maybe", "failed", int64(0), "warnings", "w",
				"changes", value.NewList("x", value.DictOf("attrs", value.NewList("a", value.NewList("b")), "impact", int64(-77), "kind", value.NewDict()))))
			out.Frame(agent.Result, id, b)
		}, "-"},
	} {
		t.Run(name, func(t *testing.T) {
			f := fleet.Over(func(h fleet.Host) (io.WriteCloser, io.Reader, error) {
				answer := c.answer
				if h.Name == "honest" {
					answer = func(id uint32, _ agent.Request, out *liar.Out) { out.Values(id, "word", "kept") }
				}
				in, out := liar.Start(answer)
				return in, out, nil
			}, nil)
			defer f.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			task := fleet.Task{Task: module.Task{Module: "setup", Args: value.NewDict()}}
			run := func(name string) (module.Result, error) {
				return f.Run(ctx, fleet.Host{Target: transport.Target{Name: name}}, task)
			}
			_, err := run("liar")
			var gone *fleet.Unreachable
			switch {
			case c.want == "-":
			case c.want == "" && err != nil:
				t.Errorf("an answer that is given twice: %v", err)
			case c.want != "" && (!errors.As(err, &gone) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
			if c.want == "" {
				if r, err := run("liar"); err != nil || r.Values.At("x") != "y" {
					t.Errorf("the next task: %v %v", r, err)
				}
			}
			if r, err := run("honest"); err != nil || r.Values.At("word") != "kept" {
				t.Errorf("the other host: %v %v", r, err)
			}
		})
	}
	if grown := memory() - before; grown > 1<<30 {
		t.Errorf("%d MB were allocated", grown>>20)
	}
}

// memory is how much was allocated so far.
func memory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
