package imitation

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	redis "pig/internal/products/redis/model"
)

// peers are the instances of the same native cluster, this one among them. What one has heard all have: gossip is quick here.
func (i *redisInstance) peers() (all []*redisInstance) {
	seen := map[string]bool{i.addr.String(): true}
	queue := []*redisInstance{i}
	for len(queue) > 0 {
		one := queue[0]
		queue = queue[1:]
		all = append(all, one)
		for at, o := range i.net.instances {
			if !seen[at] && (one.knows[at] || o.knows[one.addr.String()]) {
				seen[at] = true
				queue = append(queue, o)
			}
		}
	}
	slices.SortFunc(all, func(a, b *redisInstance) int { return strings.Compare(a.id, b.id) })
	return all
}

// member answers the commands of a native cluster.
func (i *redisInstance) member(verb string, args []string) redis.Reply {
	switch verb {
	case "NODES":
		var b strings.Builder
		for _, o := range i.peers() {
			b.WriteString(i.line(o) + "\n")
		}
		return b.String()
	case "INFO":
		owned := 0
		for _, o := range i.peers() {
			owned += len(o.slots)
		}
		state := "fail"
		if owned == redis.Slots {
			state = "ok"
		}
		return fmt.Sprintf("cluster_state:%s\r\ncluster_slots_assigned:%d\r\ncluster_slots_ok:%d\r\n", state, owned, owned)
	case "SET-CONFIG-EPOCH":
		i.epoch, _ = strconv.ParseInt(args[0], 10, 64) //nolint:errcheck // pig sends numbers
	case "ADDSLOTS":
		for _, a := range args {
			i.slots[number(a)] = true
		}
	case "MEET":
		i.knows[redis.Addr{Host: args[0], Port: number(args[1])}.String()] = true
	case "REPLICATE":
		if !slices.ContainsFunc(i.peers(), func(o *redisInstance) bool { return o.id == args[0] }) {
			return redis.Error("ERR Unknown node " + args[0])
		}
		i.leader = args[0]
	default:
		return redis.Error("ERR the imitation's Redis does not know CLUSTER " + verb)
	}
	return "OK"
}

// line is a node as CLUSTER NODES has it.
func (i *redisInstance) line(o *redisInstance) string {
	flags, leader, link := "master", "-", "connected"
	if o.leader != "" {
		flags, leader = "slave", o.leader
	}
	if o == i {
		flags = "myself," + flags
	}
	if !o.up {
		flags, link = flags+",fail", "disconnected"
	}
	text := fmt.Sprintf("%s %s@%d %s %s 0 0 %d %s", o.id, o.addr, o.addr.Port+10000, flags, leader, o.epoch, link)
	slots := slices.Sorted(maps.Keys(o.slots))
	for at := 0; at < len(slots); {
		end := at
		for end+1 < len(slots) && slots[end+1] == slots[end]+1 {
			end++
		}
		text += fmt.Sprintf(" %d-%d", slots[at], slots[end])
		at = end + 1
	}
	return text
}

// watch answers a sentinel's commands. What it watches stands in its file.
func (i *redisInstance) watch(verb string, args []string) redis.Reply {
	lines := redis.ParseConf(i.machine.Content(i.file)).All()
	switch verb {
	case "MASTERS":
		var all []redis.Reply
		for _, l := range lines {
			if l.Key == "sentinel monitor" && len(l.Args) == 4 {
				one := strs("name", l.Args[0], "ip", l.Args[1], "port", l.Args[2], "quorum", l.Args[3], "flags", "master")
				for _, s := range lines {
					if name, ok := strings.CutPrefix(s.Key, "sentinel "); ok && len(s.Args) == 2 && s.Args[0] == l.Args[0] {
						one = append(one, name, s.Args[1])
					}
				}
				all = append(all, one)
			}
		}
		return all
	case "MONITOR":
		i.keep("sentinel monitor " + strings.Join(args, " "))
	case "SET":
		i.keep("sentinel " + args[1] + " " + args[0] + " " + strings.Join(args[2:], " "))
	case "REMOVE":
		i.drop(func(line string) bool {
			return strings.HasPrefix(line, "sentinel ") && len(strings.Fields(line)) > 2 && strings.Fields(line)[2] == args[0]
		})
	case "CKQUORUM":
		return "OK 1 usable Sentinels. Quorum and failover authorization can be reached"
	default:
		return redis.Error("ERR the imitation's sentinel does not know " + verb)
	}
	return "OK"
}

// keep writes a line into the sentinel's file, in place of one that says the same of the same.
func (i *redisInstance) keep(line string) {
	start := strings.Join(strings.Fields(line)[:3], " ") + " "
	i.drop(func(l string) bool { return strings.HasPrefix(l, start) })
	i.rewrite(func(text string) string { return strings.TrimRight(text, "\n") + "\n" + line + "\n" })
}

func (i *redisInstance) drop(which func(line string) bool) {
	i.rewrite(func(text string) string {
		return strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), which), "\n")
	})
}

func (i *redisInstance) rewrite(edit func(string) string) {
	m := i.machine
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.tree.walk(i.file, true, superuser, m.accounts.userName)
	if err == nil && s.entry != nil {
		s.entry.content = []byte(edit(string(s.entry.content)))
	}
}
