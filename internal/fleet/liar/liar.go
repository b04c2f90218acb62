// Package liar is an agent for tests that answers what a test wants: the node that law 12 speaks of. It talks over pipes, in
// this process.
package liar

import (
	"encoding/binary"
	"io"

	"pig/internal/agent"
	"pig/internal/module"
	"pig/internal/value"
)

// Answer says what the agent does about one request. It writes to out, which takes frames, or bytes that are none.
type Answer func(id uint32, req agent.Request, out *Out)

// Out is the agent's side of the stream to pig.
type Out struct{ w io.Writer }

// Bytes sends bytes as they are.
func (o *Out) Bytes(b []byte) { _, _ = o.w.Write(b) }

// Frame sends a frame.
func (o *Out) Frame(kind agent.Type, id uint32, payload []byte) {
	_ = agent.NewWriter(o.w).Write(agent.Frame{Type: kind, Request: id, Payload: payload})
}

// Header sends the head of a frame that claims to have size bytes after its length.
func (o *Out) Header(size uint32, kind agent.Type, id uint32) {
	b := binary.BigEndian.AppendUint32(nil, size)
	o.Bytes(binary.BigEndian.AppendUint32(append(b, byte(kind)), id))
}

// Result answers a request as an honest agent does.
func (o *Out) Result(id uint32, r module.Result) {
	payload, err := agent.EncodeResult(r)
	if err != nil {
		panic(err) // a fault of the test
	}
	o.Frame(agent.Result, id, payload)
}

// Values answers a request with return values.
func (o *Out) Values(id uint32, pairs ...value.Value) {
	o.Result(id, module.Result{Values: value.DictOf(pairs...), Changed: false})
}

// Start runs an agent, and gives pig's ends of its streams. It ends with its input.
func Start(answer Answer) (in io.WriteCloser, out io.Reader) {
	fromPig, in := io.Pipe()
	out, toPig := io.Pipe()
	go func() {
		defer toPig.Close() //nolint:errcheck // a pipe's end
		o := &Out{toPig}
		o.Frame(agent.Hello, 0, []byte(agent.Magic))
		for {
			f, err := agent.Read(fromPig, agent.MaxPayload)
			if err != nil {
				return
			}
			if f.Type != agent.Run {
				continue
			}
			req, err := agent.DecodeRequest(f.Payload)
			if err != nil {
				return
			}
			answer(f.Request, req, o)
		}
	}()
	return in, out
}
