// Package transport gets pig to a machine: over SSH, or to the one it runs on. It knows nothing of agents or modules.
package transport

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"
)

// Target says how to reach a host, as the inventory has it. Empty fields are filled from ssh_config, then from defaults.
type Target struct {
	Name       string // the inventory's name of the host
	Local      bool   // connection: local
	Addr       string // ansible_host
	Port       int
	User       string
	Password   string // of the login, "" for keys only
	KeyFile    string
	ProxyJump  string
	SSHArgs    string // options of ssh, as ansible_ssh_common_args has them
	Insecure   bool   // host keys are not checked: the inventory asked for it in so many words
	Timeout    time.Duration
	configFile string // of the host for whose sake a jump host is reached: files, one a line
}

// Conn is a connection to one host.
type Conn interface {
	// Start runs a command line in the login shell of the host.
	Start(line string) (Process, error)
	// User is the account that commands run as.
	User() string
	// Done is closed when the connection is gone.
	Done() <-chan struct{}
	Close() error
}

// Terminal is a connection that can give a command a terminal, for a sudo that wants one.
type Terminal interface {
	// StartTerminal is Start with a terminal that passes bytes on as they are. What the command writes to its standard error comes with
	// its standard output.
	StartTerminal(line string) (Process, error)
}

// Process is a command that runs on a host.
type Process interface {
	Stdin() io.WriteCloser
	Stdout() io.Reader
	Stderr() io.Reader
	// Wait ends with an *ExitError if the command failed.
	Wait() error
	Close() error
}

// ExitError is the exit status of a command that failed.
type ExitError struct{ Status int }

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Status) }

// DialFunc opens a network connection. In a sandbox it does so from inside the sandbox's network.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Dialer dials from the network that this process is in.
func Dialer() DialFunc { return (&net.Dialer{}).DialContext }
