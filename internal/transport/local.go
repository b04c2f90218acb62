package transport

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"os/user"
	"sync"
)

// Local is the machine that pig runs on.
func Local() (Conn, error) {
	u, err := user.Current()
	if err != nil {
		return nil, err
	}
	return &localConn{user: u.Username, done: make(chan struct{})}, nil
}

type localConn struct {
	user string
	done chan struct{}
	once sync.Once
}

func (c *localConn) User() string          { return c.user }
func (c *localConn) Done() <-chan struct{} { return c.done }

func (c *localConn) Close() error {
	c.once.Do(func() { close(c.done) })
	return nil
}

func (c *localConn) Start(line string) (Process, error) {
	p := &localProcess{cmd: exec.Command("/bin/sh", "-c", line)} //nolint:noctx // it ends with its input
	p.cmd.Env = os.Environ()
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if p.err, err = p.cmd.StderrPipe(); err != nil {
		return nil, err
	}
	return p, p.cmd.Start()
}

type localProcess struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
	err io.Reader
}

func (p *localProcess) Stdin() io.WriteCloser { return p.in }
func (p *localProcess) Stdout() io.Reader     { return p.out }
func (p *localProcess) Stderr() io.Reader     { return p.err }

func (p *localProcess) Wait() error {
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &ExitError{Status: exit.ExitCode()}
	}
	return err
}

func (p *localProcess) Close() error {
	_ = p.in.Close()
	if p.cmd.ProcessState == nil {
		return p.cmd.Process.Kill()
	}
	return nil
}
