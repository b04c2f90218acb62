package node

import "context"

// Locked says that somebody else is at work on the machine.
type Locked struct{ Holder string }

func (l *Locked) Error() string {
	if l.Holder == "" { // the lock is taken before its holder is written down
		return "another run of pig is starting on this node"
	}
	return "another run of pig is active on this node: " + l.Holder
}

func (s *shadowSystem) Lock(string) error { return nil }
func (s *shadowSystem) Unlock() error     { return nil }

// Holder of a planned machine is that of the machine.
func (s *shadowSystem) Holder() (string, error) { return s.live.Holder() }

// Evict ends nobody in a plan.
func (s *shadowSystem) Evict(context.Context) (string, error) { return "", nil }
