// Package peer is the server's side of Redis's protocol, for tests: the other end of redis.Client.
package peer

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"pig/internal/products/redis/model"
)

// Serve reads commands from a connection and answers them, until it ends. An answer is a redis.Error, a text, an int64, a list or nil.
func Serve(conn io.ReadWriter, answer func(command []string) model.Reply) {
	in := bufio.NewReader(conn)
	for {
		command, err := readCommand(in)
		if err != nil || len(command) == 0 {
			return
		}
		if _, err := io.WriteString(conn, encode(answer(command))); err != nil {
			return
		}
	}
}

func readCommand(in *bufio.Reader) ([]string, error) {
	var n int
	if _, err := fmt.Fscanf(in, "*%d\r\n", &n); err != nil {
		return nil, err
	}
	var words []string
	for range n {
		var size int
		if _, err := fmt.Fscanf(in, "$%d\r\n", &size); err != nil {
			return nil, err
		}
		text := make([]byte, size+2)
		if _, err := io.ReadFull(in, text); err != nil {
			return nil, err
		}
		words = append(words, string(text[:size]))
	}
	return words, nil
}

func encode(v model.Reply) string {
	switch v := v.(type) {
	case model.Error:
		return "-" + string(v) + "\r\n"
	case int64:
		return fmt.Sprintf(":%d\r\n", v)
	case []model.Reply:
		return list(v)
	case []any:
		return list(v)
	case string:
		return fmt.Sprintf("$%d\r\n%s\r\n", len(v), v)
	}
	return "$-1\r\n"
}

func list[T any](items []T) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(items))
	for _, item := range items {
		b.WriteString(encode(item))
	}
	return b.String()
}
