package node

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// Silence is a service that took a connection and gave no answer to what it was asked, or not the whole of one. It is there: what it would
// have said is not to be guessed, least of all as "there is nothing".
type Silence struct{ Err error }

func (s *Silence) Error() string { return s.Err.Error() }
func (s *Silence) Unwrap() error { return s.Err }

// silence is err as a Silence, if the peer was connected and err tells no more than that nothing came.
func silence(err error, connected bool) error {
	var op net.Error
	switch {
	case err == nil || !connected || errors.Is(err, context.Canceled):
		return err
	case os.IsTimeout(err), errors.As(err, &op) && op.Timeout(), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &Silence{err}
	}
	return err
}

// unanswered is a question of a plan to which a machine had no answer now. It is ErrUnknown to whoever asks what the answer is, and keeps
// what went wrong for whoever asks why.
type unanswered struct {
	what  string
	cause error
}

func (u *unanswered) Error() string { return "the answer of " + u.what + ": " + ErrUnknown.Error() }
func (u *unanswered) Unwrap() error { return ErrUnknown }

// Cause is what went wrong with a question, in a plan as in a run.
func Cause(err error) error {
	var u *unanswered
	if errors.As(err, &u) {
		return u.cause
	}
	return err
}

// Silent tells whether err is a service that is there and does not answer.
func Silent(err error) bool {
	var s *Silence
	return errors.As(Cause(err), &s)
}

// Refused tells whether err means that nobody listens there.
func Refused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && !op.Timeout() && !os.IsTimeout(err)
}
