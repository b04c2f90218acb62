//go:build linux

package node

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// talker answers every line with its length, and counts the connections that said something.
func talker(t *testing.T) (port int, said func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed by the cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	lines := make(chan int, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewScanner(conn)
				for in.Scan() {
					lines <- 1
					fmt.Fprintf(conn, "%d\n", len(in.Text()))
				}
			}()
		}
	}()
	addr, _ := l.Addr().(*net.TCPAddr)
	return addr.Port, func() int { return len(lines) }
}

func TestConversation(t *testing.T) {
	t.Parallel()
	port, said := talker(t)
	answer := ""
	speak := func(conn io.ReadWriter) error {
		if _, err := io.WriteString(conn, "hello\n"); err != nil {
			return err
		}
		var err error
		answer, err = bufio.NewReader(conn).ReadString('\n')
		return err
	}
	change := &Change{Kind: "thing", ID: "x", Action: "update"}
	for name, machine := range map[string]Machine{"live": NewLive(), "shadow": NewShadow(NewLive())} {
		var recorded []string
		net := mustFor(t, machine, func(c Change) { recorded = append(recorded, c.Key()) }).Net()
		answer = ""
		c := Conversation{Host: "127.0.0.1", Port: port, Timeout: 5 * time.Second, Speak: speak, ReadOnly: true}
		if err := net.Converse(t.Context(), c); err != nil || answer != "5\n" || len(recorded) > 0 {
			t.Errorf("%s: a question: %q, %v, %v", name, answer, err, recorded)
		}
		before := said()
		c.Change = change
		if err := net.Converse(t.Context(), c); err != nil || len(recorded) != 1 {
			t.Errorf("%s: a change: %v, %v", name, err, recorded)
		}
		if spoke := said() > before; spoke != (name == "live") {
			t.Errorf("%s: it spoke: %t", name, spoke)
		}
		c.Change = nil
		c.Speak = func(io.ReadWriter) error { return errors.New("they do not understand each other") }
		if err := net.Converse(t.Context(), c); err == nil || errors.Is(err, ErrUnknown) {
			t.Errorf("%s: an answer that is wrong is known: %v", name, err)
		}
		c.Port = 1
		if err := net.Converse(t.Context(), c); err == nil || errors.Is(err, ErrUnknown) != (name == "shadow") {
			t.Errorf("%s: nobody there: %v", name, err)
		}
		c.ReadOnly, c.Port = false, port
		if err := net.Converse(t.Context(), c); name == "shadow" && !errors.Is(err, ErrUnknown) {
			t.Errorf("a shadow said something that may change something: %v", err)
		}
	}
}

func TestConversationEnds(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at the end
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr, _ := l.Addr().(*net.TCPAddr)
	begin := time.Now()
	err = mustFor(t, NewLive(), nil).Net().Converse(t.Context(), Conversation{Host: "127.0.0.1", Port: addr.Port, Timeout: 200 * time.Millisecond, ReadOnly: true,
		Speak: func(conn io.ReadWriter) error { _, err := conn.Read(make([]byte, 1)); return err }})
	if err == nil || time.Since(begin) > 5*time.Second {
		t.Errorf("a silent peer: %v after %s", err, time.Since(begin))
	}
}
