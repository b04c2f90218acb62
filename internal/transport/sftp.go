package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Uploader is a connection that can write a file of the host and go on where an earlier one was interrupted.
type Uploader interface {
	// Upload makes the file at path hold content, and gives from which byte on it was sent: what is there already of that length is taken for
	// its beginning, so whoever uses the file verifies it. told hears after each piece how many bytes are on their way or there. A file that
	// cannot be written whole is removed, unless the connection is gone: then the next upload goes on.
	Upload(path string, content []byte, told func(done int)) (from int, err error)
}

const (
	// sftpPatience is how long the host may take to start its SFTP server.
	sftpPatience = 10 * time.Second
	// sftpAtOnce is how many pieces are on their way at once: half a megabyte for each round trip.
	sftpAtOnce = 16
	// sftpAgain is how much of the end of an interrupted upload is sent again: pieces that were on their way may have come in any order.
	sftpAgain = 1 << 20
)

// Upload implements Uploader by SFTP.
func (c *sshConn) Upload(path string, content []byte, told func(done int)) (from int, err error) {
	session, err := c.client.NewSession()
	if err != nil {
		return 0, fmt.Errorf("cannot open a session: %w", err)
	}
	defer session.Close()
	client, err := openSFTP(session)
	if err != nil {
		return 0, fmt.Errorf("cannot use SFTP: %w", err)
	}
	defer func() { _ = client.Close() }() // what was sent is judged by its digest
	from, err = upload(client, path, content, told)
	select {
	case <-c.done:
		return from, errors.Join(errLost, err)
	default:
	}
	if err != nil {
		_ = client.Remove(path) // a full disk is not to stay full
	}
	return from, err
}

var errLost = errors.New("the connection was lost")

// openSFTP starts the SFTP server of the host. One that says nothing, or is something else, is given up with its session.
func openSFTP(session *ssh.Session) (*sftp.Client, error) {
	late := time.AfterFunc(sftpPatience, func() { _ = session.Close() })
	defer late.Stop()
	in, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.RequestSubsystem("sftp"); err != nil {
		return nil, err
	}
	return sftp.NewClientPipe(out, in)
}

func upload(client *sftp.Client, path string, content []byte, told func(done int)) (from int, err error) {
	file, err := client.OpenFile(path, os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if size := info.Size(); size > int64(len(content)) {
		err = file.Truncate(0)
	} else {
		from = max(0, int(size)-sftpAgain)
	}
	if err != nil {
		return 0, err
	}
	if _, err := file.Seek(int64(from), io.SeekStart); err != nil {
		return from, err
	}
	_, err = file.ReadFromWithConcurrency(&telling{bytes.NewReader(content[from:]), from, told}, sftpAtOnce)
	return from, err
}

// telling is a reader that says how far it was read.
type telling struct {
	r    io.Reader
	done int
	told func(done int)
}

func (t *telling) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.done += n
	t.told(t.done)
	return n, err
}
