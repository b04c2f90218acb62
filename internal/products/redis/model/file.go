package model

import (
	"strings"

	"pig/internal/format"
)

// followMark begins the comment that keeps whom an instance was last told to follow. Redis keeps comments where they are. By
// it an edit of the inventory is told from a failover: the one changes what is declared, the other does not.
const followMark = "# declared to follow: "

// Nobody is whom a primary follows.
const Nobody = "nobody"

// ToldToFollow is whom a file says that its instance was told to follow: Nobody, an address and port with a blank between, or ""
// if it says nothing.
func ToldToFollow(file string) string {
	for line := range strings.SplitSeq(file, "\n") {
		if who, ok := strings.CutPrefix(line, followMark); ok {
			return strings.TrimSpace(who)
		}
	}
	return ""
}

// Tell gives file with another mark.
func Tell(file, who string) string {
	lines := strings.Split(file, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, followMark) {
			lines[i] = followMark + who
			return strings.Join(lines, "\n")
		}
	}
	return followMark + who + "\n" + file
}

// Fresh is the file of an instance that never ran: declared, and whom it follows to begin with. told is the mark.
func Fresh(declared, told, follow string) string {
	text := Tell(declared, told)
	if follow != "" && follow != Nobody {
		text = strings.TrimRight(text, "\n") + "\nreplicaof " + follow + "\n"
	}
	return text
}

// Follow gives file with another one to follow from the next start on, or nobody.
func Follow(file string, leader Addr) string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(file, "\n"), "\n") {
		if c := ParseConf(line); len(c.Lines) != 1 || c.Lines[0].Key != "replicaof" {
			lines = append(lines, line)
		}
	}
	if leader.Known() {
		lines = append(lines, "replicaof "+leader.Words())
	}
	return strings.Join(lines, "\n") + "\n"
}

// Rewrite is the file as declared, with what belongs to Redis of the file as it is: its role, what sentinels know, what an
// operator has set and kept. The hash of the password goes: Redis would take it for the password at the next start.
func Rewrite(declared, current string) string {
	want, have := ParseConf(declared), ParseConf(current)
	keys := map[string]bool{}
	for _, l := range want.Lines {
		keys[l.Key] = true
	}
	var own, kept []string
	for _, l := range have.Lines {
		if Owned(l.Key) && !keys[l.Key] && !hash(l) {
			kept = append(kept, l.Text)
		}
	}
	for _, l := range have.Own {
		if !keys[l.Key] && !hash(l) {
			own = append(own, l.Text)
		}
	}
	text := alike(declared, have)
	if told := ToldToFollow(current); told != "" {
		text = Tell(text, told)
	}
	for _, l := range kept {
		text += l + "\n"
	}
	if len(own) > 0 {
		text += "\n" + ownMark + "\n" + strings.Join(own, "\n") + "\n"
	}
	return text
}

// alike is the declared file with the lines that mean the same as those that are there written as they are there.
func alike(declared string, have Conf) string {
	count := map[string]int{}
	for _, l := range have.Lines {
		count[l.Key]++
	}
	lines := strings.Split(strings.TrimRight(declared, "\n"), "\n")
	for i, text := range lines {
		c := ParseConf(text)
		if len(c.Lines) != 1 || count[c.Lines[0].Key] != 1 {
			continue
		}
		for _, l := range have.Lines {
			if l.Key == c.Lines[0].Key && Normal(l.Key, l.Args) == Normal(l.Key, c.Lines[0].Args) {
				lines[i] = l.Text
			}
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// Bare is a file without the hash of the password.
func Bare(file string) string {
	var lines []string
	for line := range strings.SplitSeq(file, "\n") {
		c := ParseConf(line)
		if len(c.Lines) == 1 && hash(c.Lines[0]) {
			continue
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Confidential tells whether a file holds secrets of others: users, or what sentinels log in with.
func Confidential(file string) bool {
	for _, l := range ParseConf(file).All() {
		if l.Key == "user" && !hash(l) || strings.HasPrefix(l.Key, "sentinel ") && strings.HasSuffix(l.Key, "-pass") {
			return true
		}
	}
	return false
}

// hash tells whether a line is the one that Redis writes for the password.
func hash(l Line) bool { return l.Key == "user" && len(l.Args) > 0 && l.Args[0] == "default" }

// Override gives a file in which one directive says something else.
func Override(file, key, v string) string {
	lines := strings.Split(file, "\n")
	for i, line := range lines {
		if c := ParseConf(line); len(c.Lines) == 1 && c.Lines[0].Key == key {
			lines[i] = key + " " + format.RedisArgument(v)
		}
	}
	return strings.Join(lines, "\n")
}
