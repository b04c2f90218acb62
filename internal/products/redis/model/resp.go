package model

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Client speaks RESP, version 2, on a connection that somebody else opened.
type Client struct {
	in  *bufio.Reader
	out io.Writer
}

// NewClient speaks on conn.
func NewClient(conn io.ReadWriter) *Client { return &Client{in: bufio.NewReader(conn), out: conn} }

// Reply is an answer: string, int64, []Reply, Error inside of lists, or nil.
type Reply any

// Error is what the server answers instead of doing what it was told, such as "WRONGPASS invalid ...".
type Error string

func (e Error) Error() string { return string(e) }

// Refused tells whether err is an answer of the server that begins with one of codes, or any answer if there is none.
func Refused(err error, codes ...string) bool {
	var e Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if strings.HasPrefix(string(e), c) {
			return true
		}
	}
	return len(codes) == 0
}

// Do sends one command and reads its answer. An Error is returned as the error.
func (c *Client) Do(args ...string) (Reply, error) {
	if err := c.send(args); err != nil {
		return nil, err
	}
	r, err := c.read(0)
	if e, ok := r.(Error); ok {
		return nil, e
	}
	return r, err
}

func (c *Client) send(args []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	_, err := io.WriteString(c.out, b.String())
	return err
}

// Bounds of an answer: what is larger or deeper is not Redis, or not what was asked for.
const (
	maxBulk = 64 << 20
	maxList = 1 << 20
	maxDeep = 16
)

var errNotRedis = errors.New("the answer is not Redis's protocol")

func (c *Client) read(depth int) (Reply, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" || depth > maxDeep {
		return nil, errNotRedis
	}
	kind, rest := line[0], line[1:]
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return Error(rest), nil
	case ':', '$', '*':
	default:
		return nil, errNotRedis
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	switch {
	case err != nil:
		return nil, errNotRedis
	case kind == ':':
		return n, nil
	case n == -1:
		return nil, nil
	case kind == '$':
		return c.bulk(n)
	}
	return c.list(n, depth)
}

func (c *Client) bulk(n int64) (Reply, error) {
	if n < 0 || n > maxBulk {
		return nil, errNotRedis
	}
	text := make([]byte, n+2)
	if _, err := io.ReadFull(c.in, text); err != nil {
		return nil, err
	}
	return string(text[:n]), nil
}

func (c *Client) list(n int64, depth int) (Reply, error) {
	if n < 0 || n > maxList {
		return nil, errNotRedis
	}
	list := make([]Reply, 0, min(n, 1024))
	for range n {
		item, err := c.read(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

// Text is a reply as text: "" for nil and for lists.
func Text(r Reply) string {
	switch r := r.(type) {
	case string:
		return r
	case int64:
		return strconv.FormatInt(r, 10)
	}
	return ""
}

// List is a reply as a list, nil if it is none.
func List(r Reply) []Reply {
	l, _ := r.([]Reply)
	return l
}

// Pairs is a reply of names and values in turn, as CONFIG GET and SENTINEL give them.
func Pairs(r Reply) map[string]string {
	l := List(r)
	m := map[string]string{}
	for i := 0; i+1 < len(l); i += 2 {
		m[Text(l[i])] = Text(l[i+1])
	}
	return m
}
