package node

import (
	"strconv"
	"strings"
)

// A file has numbers, not names: who gets another number leaves behind the files that he has, but for those in his home, which usermod hands on.

// handed is what usermod does in a home: what an account had there by its former numbers it has by its new ones.
type handed struct {
	home     string
	uid, gid [2]int // before, after
	group    string // after
}

func (h handed) on(i *Info) {
	if i.Path != h.home && !strings.HasPrefix(i.Path, h.home+"/") || i.UID != h.uid[0] || i.UID < 0 {
		return
	}
	i.UID = h.uid[1]
	if i.GID == h.gid[0] {
		i.GID, i.Group = h.gid[1], h.group
	}
}

// hand plans what usermod does in the home of an account that gets other numbers.
func (s *Shadow) hand(before, after Account) {
	h := handed{after.Home, [2]int{before.UID, after.UID}, [2]int{before.GID, after.GID}, after.Group}
	if h.uid[0] == h.uid[1] && h.gid[0] == h.gid[1] || h.home == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.files.at {
		h.on(&p.info)
	}
	s.handed = append(s.handed, h)
}

// owned is what is there with the names that its numbers have by now. planned is what the plan has made of it already.
func (s *Shadow) owned(i Info, planned bool) Info {
	if !i.Exists() {
		return i
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !planned {
		for _, h := range s.handed {
			h.on(&i)
		}
	}
	user, changed := s.users[i.Owner]
	if i.UID >= 0 && (user == nil || user.UID != i.UID) {
		if u, ok := s.numbered(strconv.Itoa(i.UID)); ok {
			i.Owner = u.Name
		} else if changed {
			i.Owner = strconv.Itoa(i.UID)
		}
	}
	group, changed := s.groups[i.Group]
	if i.GID >= 0 && (group == nil || group.GID != i.GID) {
		if g, ok := s.groupNumbered(strconv.Itoa(i.GID)); ok {
			i.Group = g.Name
		} else if changed {
			i.Group = strconv.Itoa(i.GID)
		}
	}
	return i
}
