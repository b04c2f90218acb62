package node

import (
	"context"
	"fmt"
	"path"
	"strings"
)

// judge has a command look at what it Sees on the machine as planned. What the command cannot know yet (an account, a program, a
// certificate that the run will make) is no mistake of the configuration: then it is taken to be right, and the run asks again.
func (s *shadowSystem) judge(ctx context.Context, c Cmd) (Output, error) {
	planned, all := s.shadow.seen()
	if !all || s.planned {
		return Output{}, nil
	}
	c.Sees = append(planned, c.Sees...)
	return s.live.Exec(ctx, c)
}

// seen are the files that the plan writes and removes, and whether these are all that the plan changes of what programs read.
func (s *Shadow) seen() (files []Seen, all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.installs || s.skipped > 0 || len(s.packages) > 0 || len(s.users) > 0 || len(s.groups) > 0 {
		return nil, false
	}
	for at, p := range s.files.at {
		if p.unknown || path.Dir(at) == "/" {
			return nil, false
		}
		one := seenAs(at, p)
		switch {
		case strings.HasPrefix(at, "/proc/") || strings.HasPrefix(at, "/sys/"):
			continue
		case one.Kind == Link:
			one.Content = []byte(p.info.Target)
		case one.Kind == Dir && !p.fresh, one.Kind == File && p.content == nil: // only its attributes are others
			continue
		case one.Kind == "":
			one.Kind = Absent
		}
		files = append(files, one)
	}
	return files, true
}

func seenAs(at string, p *plannedFile) Seen {
	return Seen{Path: at, Kind: p.info.Kind, Content: p.content, Attrs: Attrs{Mode: &p.info.Mode, Owner: p.info.Owner, Group: p.info.Group}}
}

// plannedAt are those of some files and links that the plan writes; ErrUnknown where it cannot tell what will be in one.
func (s *shadowSystem) plannedAt(paths []string) ([]Seen, error) {
	var files []Seen
	for _, named := range paths {
		at, err := shadowFiles{s}.real(named)
		if err != nil {
			return nil, err
		}
		s.shadow.mu.Lock()
		p, ok := s.shadow.files.at[at]
		s.shadow.mu.Unlock()
		switch {
		case !ok:
		case p.unknown:
			return nil, fmt.Errorf("%s is not known yet: %w", at, ErrUnknown)
		case p.info.Kind == File && p.content != nil:
			files = append(files, seenAs(at, p))
		case p.info.Kind == Link:
			one := seenAs(at, p)
			one.Content = []byte(p.info.Target)
			files = append(files, one)
		}
	}
	return files, nil
}
