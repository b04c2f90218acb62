package sshd

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"
)

// TerminalShell runs lines with this machine's own shell in a pseudo-terminal that has the modes which the client asked for.
func TerminalShell(env []string) func(line, modes string, in io.Reader, out io.Writer) int {
	return func(line, modes string, in io.Reader, out io.Writer) int {
		master, slave, err := openTerminal(modes)
		if err != nil {
			fmt.Fprintln(out, err)
			return 126
		}
		defer master.Close()
		c := exec.Command("/bin/sh", "-c", line) //nolint:noctx // it ends with its terminal
		c.Env, c.Stdin, c.Stdout, c.Stderr = env, slave, slave, slave
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		if err := c.Start(); err != nil {
			fmt.Fprintln(out, err)
			return 127
		}
		_ = slave.Close()
		go func() {
			_, _ = io.Copy(master, in)
			_ = c.Process.Signal(syscall.SIGHUP) // as when the terminal goes away
		}()
		_, _ = io.Copy(out, master)
		_ = c.Wait()
		return c.ProcessState.ExitCode()
	}
}

func openTerminal(modes string) (master, slave *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	fd := int(master.Fd()) //nolint:gosec // a descriptor
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	if slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	return master, slave, setModes(int(slave.Fd()), modes) //nolint:gosec // a descriptor
}

// setModes does what an SSH server does with the modes of a client, as far as they change bytes.
func setModes(fd int, modes string) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	flags := map[byte]struct {
		field *uint32
		bit   uint32
	}{
		ssh.ECHO: {&t.Lflag, unix.ECHO}, ssh.ICANON: {&t.Lflag, unix.ICANON}, ssh.ISIG: {&t.Lflag, unix.ISIG}, ssh.IEXTEN: {&t.Lflag, unix.IEXTEN},
		ssh.OPOST: {&t.Oflag, unix.OPOST}, ssh.ONLCR: {&t.Oflag, unix.ONLCR}, ssh.ICRNL: {&t.Iflag, unix.ICRNL}, ssh.IXON: {&t.Iflag, unix.IXON},
		ssh.INLCR: {&t.Iflag, unix.INLCR}, ssh.IGNCR: {&t.Iflag, unix.IGNCR}, ssh.ISTRIP: {&t.Iflag, unix.ISTRIP}, ssh.PARMRK: {&t.Iflag, unix.PARMRK},
	}
	for ; len(modes) >= 5 && modes[0] != 0; modes = modes[5:] {
		f, ok := flags[modes[0]]
		switch {
		case !ok:
		case modes[4] == 0:
			*f.field &^= f.bit
		default:
			*f.field |= f.bit
		}
	}
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}
