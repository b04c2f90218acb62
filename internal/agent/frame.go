// Package agent is the conversation between pig and the half of it that runs on a node: frames, messages, and the server.
//
// docs/agent.md describes the protocol.
package agent

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Type tells what a frame is.
type Type byte

// The frames. The controller sends Run and Cancel; the node sends Hello once, then Result. Both send Pulse.
const (
	Hello Type = iota + 1
	Run
	Result
	Cancel
	Pulse
)

// Frame is one message: its type, the request it belongs to, and a payload in the wire form of package value.
type Frame struct {
	Type    Type
	Request uint32
	Payload []byte
}

const (
	headerSize = 9 // u32 length of what follows, u8 type, u32 request
	// MaxPayload bounds a frame that a node takes; a larger one means a broken stream.
	MaxPayload = 256 << 20
	// MaxAnswer bounds a frame of a node: pieces of files are 8 MB, and fifty nodes may answer at once.
	MaxAnswer = 32 << 20
)

// Magic is the first payload of a node: after it the stream is frames and nothing else.
const Magic = "pig-agent 1"

// Writer writes whole frames from several goroutines.
type Writer struct {
	turn chan struct{} // holds something while a frame is on its way
	w    io.Writer
}

// NewWriter writes frames to w.
func NewWriter(w io.Writer) *Writer { return &Writer{make(chan struct{}, 1), w} }

// Write sends f in one write.
func (w *Writer) Write(f Frame) error {
	if len(f.Payload) > MaxPayload {
		return fmt.Errorf("a message of %d bytes is too large", len(f.Payload))
	}
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	return w.send(f)
}

// pulse sends a beat, unless a frame is on its way already: that one is a beat as well.
func (w *Writer) pulse() error {
	select {
	case w.turn <- struct{}{}:
	default:
		return nil
	}
	defer func() { <-w.turn }()
	return w.send(Frame{Type: Pulse})
}

func (w *Writer) send(f Frame) error {
	b := make([]byte, headerSize, headerSize+len(f.Payload))
	binary.BigEndian.PutUint32(b, uint32(len(f.Payload)+headerSize-4))
	b[4] = byte(f.Type)
	binary.BigEndian.PutUint32(b[5:], f.Request)
	_, err := w.w.Write(append(b, f.Payload...))
	return err
}

// Read reads one frame of at most max bytes. io.EOF means that the stream ended between frames.
func Read(r io.Reader, max int) (Frame, error) {
	var h [headerSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return Frame{}, err
	}
	n := binary.BigEndian.Uint32(h[:])
	if n < headerSize-4 || int64(n) > int64(max)+headerSize {
		return Frame{}, fmt.Errorf("not a frame: it begins with %q", h[:])
	}
	f := Frame{Type: Type(h[4]), Request: binary.BigEndian.Uint32(h[5:])}
	var payload bytes.Buffer // grows with what comes, whatever the length says
	size := int64(n) - (headerSize - 4)
	if got, err := io.CopyN(&payload, r, size); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return Frame{}, fmt.Errorf("a frame is cut short after %d of %d bytes: %w", got, size, err)
	}
	f.Payload = payload.Bytes()
	return f, nil
}
