// Package model is what there is to know about etcd clusters apart from doing it: members, quorum, and who may do what. It
// does no I/O; the forms are those of the JSON gateway of etcd's version 3 API.
package model

import (
	"fmt"
	"slices"
	"strings"
)

// Member is a member of a cluster. Name and ClientURLs are empty until it has started.
type Member struct {
	ID         string   `json:"ID"`
	Name       string   `json:"name"`
	PeerURLs   []string `json:"peerURLs"`
	ClientURLs []string `json:"clientURLs"`
	Learner    bool     `json:"isLearner"`
}

// Started tells whether the member has ever been up.
func (m Member) Started() bool { return m.Name != "" }

// Cluster is the list of members.
type Cluster struct {
	Members []Member `json:"members"`
}

// Find gives the member of that name or, as one that has not started has no name yet, with that peer URL.
func (c Cluster) Find(name, peerURL string) (Member, bool) {
	for _, m := range c.Members {
		if name != "" && m.Name == name || slices.Contains(m.PeerURLs, peerURL) {
			return m, true
		}
	}
	return Member{}, false
}

// Without is the cluster once member has left it.
func (c Cluster) Without(member Member) Cluster {
	return Cluster{slices.DeleteFunc(slices.Clone(c.Members), func(m Member) bool { return m.ID == member.ID })}
}

// Voters is how many members count for quorum.
func (c Cluster) Voters() int {
	n := 0
	for _, m := range c.Members {
		if !m.Learner {
			n++
		}
	}
	return n
}

// Quorum is how many of n voting members must be up.
func Quorum(n int) int { return n/2 + 1 }

// InitialCluster is the initial-cluster of a member that joins as name: all members, and itself.
func (c Cluster) InitialCluster(name, peerURL string) string {
	list := []string{name + "=" + peerURL}
	for _, m := range c.Members {
		if !m.Started() || m.Name == name {
			continue
		}
		for _, u := range m.PeerURLs {
			list = append(list, m.Name+"="+u)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

// MayLeave tells why member cannot be taken away, if only those of up answer; nil if it can.
func (c Cluster) MayLeave(member Member, up []string) error {
	if len(c.Members) < 2 {
		return fmt.Errorf("etcd has no other member")
	}
	left := c.Voters()
	if !member.Learner {
		left--
	}
	alive := 0
	for _, m := range c.Members {
		if m.ID != member.ID && !m.Learner && slices.Contains(up, m.ID) {
			alive++
		}
	}
	if alive < Quorum(left) {
		return fmt.Errorf("only %d of the %d remaining members are healthy, and %d are needed", alive, left, Quorum(left))
	}
	return nil
}
