//go:build linux

package acceptance

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // PostgreSQL's own method, which the probes have to try
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// pgLogin logs in as no client library would: with an empty password where one is asked for, by the method that the server names. It
// gives no error if the server is ready for queries.
func (l *lab) pgLogin(addr, user, database, password string, encrypted bool) error {
	conn, err := l.box.DialContext(l.ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if encrypted {
		if conn, err = pgTLS(conn); err != nil {
			return err
		}
	}
	start := append(binary.BigEndian.AppendUint32(nil, 3<<16), "user\x00"+user+"\x00database\x00"+database+"\x00\x00"...)
	if err := pgSend(conn, 0, start); err != nil {
		return err
	}
	var scram *pgScram
	for {
		kind, body, err := pgReceive(conn)
		switch {
		case err != nil:
			return err
		case kind == 'E':
			return fmt.Errorf("refused: %q", body)
		case kind == 'Z':
			return nil
		case kind != 'R':
			continue
		}
		switch method := binary.BigEndian.Uint32(body); method {
		case 0:
		case 3:
			err = pgSend(conn, 'p', append([]byte(password), 0))
		case 5:
			err = pgSend(conn, 'p', append([]byte("md5"+md5Hex(md5Hex(password+user)+string(body[4:8]))), 0))
		case 10:
			scram = &pgScram{password: password, first: "n=,r=neighbour" + strconv.FormatInt(time.Now().UnixNano(), 36)}
			message := "n,," + scram.first
			err = pgSend(conn, 'p', append(binary.BigEndian.AppendUint32([]byte("SCRAM-SHA-256\x00"), uint32(len(message))), message...)) //nolint:gosec // short
		case 11:
			var message string
			if message, err = scram.final(string(body[4:])); err == nil {
				err = pgSend(conn, 'p', []byte(message))
			}
		case 12:
		default:
			err = fmt.Errorf("authentication method %d", method)
		}
		if err != nil {
			return err
		}
	}
}

func pgTLS(conn net.Conn) (net.Conn, error) {
	if err := pgSend(conn, 0, binary.BigEndian.AppendUint32(nil, 80877103)); err != nil {
		return nil, err
	}
	var answer [1]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil || answer[0] != 'S' {
		return nil, fmt.Errorf("no TLS: %q %w", answer, err)
	}
	return tls.Client(conn, &tls.Config{InsecureSkipVerify: true}), nil //nolint:gosec // an attacker does not mind
}

func pgSend(w io.Writer, kind byte, body []byte) error {
	var message []byte
	if kind != 0 {
		message = append(message, kind)
	}
	message = binary.BigEndian.AppendUint32(message, uint32(len(body)+4)) //nolint:gosec // short
	_, err := w.Write(append(message, body...))
	return err
}

func pgReceive(r io.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n < 4 || n > 1<<20 {
		return 0, nil, errors.New("not PostgreSQL")
	}
	body = make([]byte, n-4)
	_, err = io.ReadFull(r, body)
	return head[0], body, err
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// pgScram is the client's side of SCRAM-SHA-256 (RFC 5802).
type pgScram struct{ password, first string }

func (s *pgScram) final(server string) (string, error) {
	fields := map[string]string{}
	for field := range strings.SplitSeq(server, ",") {
		key, text, _ := strings.Cut(field, "=")
		fields[key] = text
	}
	salt, err := base64.StdEncoding.DecodeString(fields["s"])
	if err != nil {
		return "", err
	}
	rounds, err := strconv.Atoi(fields["i"])
	if err != nil {
		return "", err
	}
	salted, err := pbkdf2.Key(sha256.New, s.password, salt, rounds, sha256.Size)
	if err != nil {
		return "", err
	}
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		_, _ = io.WriteString(h, text)
		return h.Sum(nil)
	}
	client := mac(salted, "Client Key")
	stored := sha256.Sum256(client)
	bare := "c=biws,r=" + fields["r"]
	signature := mac(stored[:], s.first+","+server+","+bare)
	proof := make([]byte, len(client))
	for i := range client {
		proof[i] = client[i] ^ signature[i]
	}
	return bare + ",p=" + base64.StdEncoding.EncodeToString(bytes.Clone(proof)), nil
}
