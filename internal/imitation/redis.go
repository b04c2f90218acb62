package imitation

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"

	redis "pig/internal/products/redis/model"
	"pig/internal/products/redis/peer"
)

// redisNet is all Redis instances of a world, by address: they find each other.
type redisNet struct {
	mu        sync.Mutex
	instances map[string]*redisInstance
	ids       int
}

// redisInstance is an instance with what it remembers over a restart.
type redisInstance struct {
	net      *redisNet
	addr     redis.Addr
	up       bool
	sentinel bool
	conf     map[string]string // as CONFIG GET tells it
	renames  map[string]string
	follows  redis.Addr
	id       string // of a member of a native cluster
	knows    map[string]bool
	leader   string
	epoch    int64
	slots    map[int]bool
	machine  *Machine
	file     string
}

func newRedisNet() *redisNet { return &redisNet{instances: map[string]*redisInstance{}, ids: 1} }

// Clone is the same with all instances down.
func (n *redisNet) Clone() any {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := newRedisNet()
	c.ids = n.ids
	for at, i := range n.instances {
		o := *i
		o.net, o.up, o.machine = c, false, nil
		o.conf, o.renames, o.knows, o.slots = maps.Clone(i.conf), maps.Clone(i.renames), maps.Clone(i.knows), maps.Clone(i.slots)
		c.instances[at] = &o
	}
	return c
}

func redisPackages(u *Universe) {
	server := func(name string) Package {
		return Package{Version: "8.0.2-3", Units: []string{name}, Users: []string{"redis"}, Files: []Laid{
			service(name, "/usr/bin/"+name+" /etc/redis/redis.conf"), program("/usr/bin/" + name), {Path: "/etc/redis/redis.conf", Content: "bind 127.0.0.1\nport 6379\n", Config: true},
		}}
	}
	exporter := Package{Version: "1.62.0-1", Units: []string{"prometheus-redis-exporter"}, Users: []string{"prometheus"}, Files: []Laid{
		service("prometheus-redis-exporter", "/usr/bin/prometheus-redis-exporter"), program("/usr/bin/prometheus-redis-exporter"),
	}}
	u.provide(map[string]Package{"redis-server": server("redis-server"), "valkey-server": server("valkey-server"), "prometheus-redis-exporter": exporter}, map[string]Program{
		"redis_exporter.service": {
			Reads: []string{"/etc/default/redis_exporter", "/etc/default/redis_exporter.json"},
			Start: func(d *Daemon) error {
				return d.Listen("*", between(d.Read["/etc/default/redis_exporter"], "REDIS_EXPORTER_WEB_LISTEN_ADDRESS=:", "\n", "9121"), Listener{})
			},
		},
	}, nil)
	for _, name := range []string{"redis-server", "valkey-server"} {
		u.Served[name] = Program{Start: startRedis, Stop: stopRedis}
	}
}

// startRedis brings up the instance whose file the unit names.
func startRedis(d *Daemon) error {
	words := strings.Fields(between(d.Read[unitOf], "ExecStart=", "\n", ""))
	if len(words) < 2 {
		return fmt.Errorf("redis: no configuration")
	}
	conf := redis.ParseConf(d.Machine.Content(words[1]))
	port, err := strconv.Atoi(conf.Get("port"))
	if err != nil {
		return fmt.Errorf("FATAL CONFIG FILE ERROR: no port")
	}
	at := redis.Addr{Host: d.Machine.addr, Port: port}
	n := Shared(d.Machine.world, "redis", newRedisNet)
	n.mu.Lock()
	i, ok := n.instances[at.String()]
	if !ok {
		n.ids++
		i = &redisInstance{net: n, addr: at, id: fmt.Sprintf("%040x", n.ids), knows: map[string]bool{}, slots: map[int]bool{}}
		n.instances[at.String()] = i
	}
	i.machine, i.file, i.up = d.Machine, words[1], true
	i.sentinel = slices.Contains(words, "--sentinel")
	i.conf, i.renames = map[string]string{}, conf.Renames()
	for _, l := range conf.All() {
		text := strings.Join(l.Args, " ")
		if was, twice := i.conf[l.Key]; twice && l.Key == "save" {
			text = was + " " + text
		}
		i.conf[l.Key] = text
	}
	i.follows = redis.Addr{}
	if to, err := redis.ParseAddr(i.conf["replicaof"]); err == nil {
		i.follows = to
	}
	n.mu.Unlock()
	d.State = i
	return d.Listen(conf.Get("bind"), conf.Get("port"), Listener{Speak: i.serve})
}

func stopRedis(d *Daemon) {
	if i, ok := d.State.(*redisInstance); ok {
		i.net.mu.Lock()
		defer i.net.mu.Unlock()
		i.up = false
	}
}

// serve speaks Redis's protocol on one connection.
func (i *redisInstance) serve(conn net.Conn) {
	entered := false
	peer.Serve(conn, func(command []string) redis.Reply {
		i.net.mu.Lock()
		defer i.net.mu.Unlock()
		password := i.conf["requirepass"]
		verb := strings.ToUpper(command[0])
		switch {
		case verb == "AUTH" && password == "":
			return redis.Error("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
		case verb == "AUTH" && command[len(command)-1] != password:
			return redis.Error("WRONGPASS invalid username-password pair or user is disabled.")
		case verb == "AUTH":
			entered = true
			return "OK"
		case password != "" && !entered:
			return redis.Error("NOAUTH Authentication required.")
		}
		for original, name := range i.renames {
			if strings.EqualFold(command[0], name) && name != "" {
				verb = strings.ToUpper(original)
			} else if strings.EqualFold(command[0], original) {
				return redis.Error("ERR unknown command '" + command[0] + "'")
			}
		}
		return i.answer(verb, command[1:])
	})
}

func strs(texts ...string) []redis.Reply {
	var l []redis.Reply
	for _, t := range texts {
		l = append(l, t)
	}
	return l
}

func (i *redisInstance) answer(verb string, args []string) redis.Reply {
	switch verb {
	case "PING":
		return "PONG"
	case "ROLE":
		return i.role()
	case "DBSIZE":
		return int64(0)
	case "INFO":
		return "# Keyspace\r\nloading:0\r\n"
	case "SAVE":
		return "OK"
	case "CONFIG":
		return i.config(strings.ToUpper(args[0]), args[1:])
	case "COMMAND":
		l := []redis.Reply{nil, nil}
		name, renamed := i.renames[strings.ToLower(args[1])]
		if !renamed {
			l[0] = strs(args[1])
		} else if name == args[2] && name != "" {
			l[1] = strs(args[2])
		}
		return l
	case "REPLICAOF":
		i.follows = redis.Addr{}
		if to, err := redis.ParseAddr(strings.Join(args, " ")); err == nil {
			i.follows = to
		}
		return "OK"
	case "FAILOVER": // TO host port TIMEOUT n
		for _, o := range i.net.instances {
			if len(args) > 2 && o.follows == i.addr && o.addr.Host == args[1] && fmt.Sprint(o.addr.Port) == args[2] {
				o.follows, i.follows = redis.Addr{}, o.addr
				return "OK"
			}
		}
		return redis.Error("ERR FAILOVER target HOST and PORT is not a replica.")
	case "CLUSTER":
		if i.conf["cluster-enabled"] != "yes" {
			return redis.Error("ERR This instance has cluster support disabled")
		}
		return i.member(strings.ToUpper(args[0]), args[1:])
	case "SENTINEL":
		return i.watch(strings.ToUpper(args[0]), args[1:])
	}
	return redis.Error("ERR the imitation's Redis does not know " + verb)
}

func (i *redisInstance) role() redis.Reply {
	if i.sentinel {
		return []redis.Reply{"sentinel", []redis.Reply{}}
	}
	follows := i.follows
	if i.leader != "" {
		for _, o := range i.net.instances {
			if o.id == i.leader {
				follows = o.addr
			}
		}
	}
	if !follows.Known() {
		replicas := []redis.Reply{}
		for _, at := range slices.Sorted(maps.Keys(i.net.instances)) {
			if o := i.net.instances[at]; o.up && (o.follows == i.addr || o.leader == i.id) {
				replicas = append(replicas, strs(o.addr.Host, strconv.Itoa(o.addr.Port), "0"))
			}
		}
		return []redis.Reply{"master", int64(0), replicas}
	}
	link := "connect"
	if o := i.net.instances[follows.String()]; o != nil && o.up {
		link = "connected"
	}
	return []redis.Reply{"slave", follows.Host, int64(follows.Port), link, int64(0)}
}

func (i *redisInstance) config(verb string, args []string) redis.Reply {
	switch verb {
	case "GET":
		var l []redis.Reply
		for _, k := range slices.Sorted(maps.Keys(i.conf)) {
			if !strings.Contains(k, " ") && (args[0] == "*" || args[0] == k) {
				l = append(l, k, i.conf[k])
			}
		}
		return l
	case "SET":
		for k := 0; k+1 < len(args); k += 2 {
			i.conf[strings.ToLower(args[k])] = args[k+1]
		}
		return "OK"
	}
	return redis.Error("ERR the imitation's Redis does not know CONFIG " + verb)
}
