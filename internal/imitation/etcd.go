package imitation

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	etcd "pig/internal/products/etcd/model"
)

// etcdCluster is what the members of an etcd cluster hold together.
type etcdCluster struct {
	mu       sync.Mutex
	members  []etcd.Member
	running  map[string]bool // by ID
	ids      int
	guarded  bool
	users    map[string]*etcdUser
	roles    map[string][]etcd.Permission
	keys     map[string]string
	alarms   []string // such as NOSPACE, of the first member
	revision int
}

type etcdUser struct {
	password string
	roles    []string
}

func newEtcdCluster() *etcdCluster {
	return &etcdCluster{running: map[string]bool{}, users: map[string]*etcdUser{}, roles: map[string][]etcd.Permission{}, keys: map[string]string{}, ids: 8000, revision: 1}
}

// Clone is the cluster with none of its members running.
func (c *etcdCluster) Clone() any {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := newEtcdCluster()
	n.members, n.ids, n.guarded, n.revision = slices.Clone(c.members), c.ids, c.guarded, c.revision
	n.keys = maps.Clone(c.keys)
	for name, u := range c.users {
		n.users[name] = &etcdUser{u.password, slices.Clone(u.roles)}
	}
	for name, perms := range c.roles {
		n.roles[name] = slices.Clone(perms)
	}
	return n
}

func etcdPackages(u *Universe) {
	u.provide(map[string]Package{
		"etcd-server": {Version: "3.5.16-4", Users: []string{"etcd"}, Units: []string{"etcd"}, Files: []Laid{
			service("etcd", "/usr/bin/etcd $DAEMON_ARGS"), program("/usr/bin/etcd"), {Path: "/etc/default/etcd", Content: "# ETCD_NAME=\n", Config: true}, {Path: "/var/lib/etcd/", Owner: "etcd", Mode: 0o700},
		}},
		"etcd-client": {Version: "3.5.16-4", Files: []Laid{program("/usr/bin/etcdctl")}},
	}, map[string]Program{
		"etcd.service": {Reads: []string{"/etc/default/etcd", "/etc/etcd/etcd.conf", "/etc/etcd/ca.crt", "/etc/etcd/members.crt", "/etc/etcd/server.crt", "/etc/etcd/server.key"}, Takes: 300 * time.Millisecond, Start: startEtcd, Stop: stopEtcd},
	}, nil)
}

// setting gives a value of a flat YAML file, without quotes.
func setting(text, name string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if v, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	return ""
}

// etcdMember is a running member.
type etcdMember struct {
	cluster *etcdCluster
	id      string
	ready   bool // it has been part of a quorum
}

func startEtcd(d *Daemon) error {
	conf, ok := d.Read["/etc/etcd/etcd.conf"]
	if !ok {
		return fmt.Errorf("error verifying flags, open /etc/etcd/etcd.conf: no such file or directory")
	}
	c := Shared(d.Machine.world, "etcd "+setting(conf, "initial-cluster-token"), newEtcdCluster)
	m, err := c.join(conf, d.Machine)
	if err != nil {
		return err
	}
	d.State = m
	for _, at := range strings.Split(setting(conf, "listen-client-urls")+","+setting(conf, "listen-peer-urls"), ",") {
		u, err := url.Parse(at)
		if err != nil {
			return err
		}
		if err := d.Listen(u.Hostname(), u.Port(), Listener{HTTP: m}); err != nil {
			return err
		}
	}
	return nil
}

// join makes a starting process the member that its data and configuration say.
func (c *etcdCluster) join(conf string, m *Machine) (*etcdMember, error) {
	name, peer := setting(conf, "name"), setting(conf, "initial-advertise-peer-urls")
	data := setting(conf, "data-dir") + "/member/id"
	c.mu.Lock()
	defer c.mu.Unlock()
	id := m.Content(data)
	if len(c.members) == 0 && setting(conf, "initial-cluster-state") == "new" {
		for one := range strings.SplitSeq(setting(conf, "initial-cluster"), ",") {
			_, at, _ := strings.Cut(one, "=")
			c.add(at)
		}
	}
	i := slices.IndexFunc(c.members, func(o etcd.Member) bool {
		return id != "" && o.ID == id || id == "" && slices.Contains(o.PeerURLs, peer)
	})
	switch {
	case i < 0 && id != "":
		return nil, fmt.Errorf("the member has been permanently removed from the cluster")
	case i < 0:
		return nil, fmt.Errorf("member count is unequal")
	case id == "" && c.members[i].Started():
		return nil, fmt.Errorf("member %s has already been bootstrapped", c.members[i].ID)
	}
	c.members[i].Name, c.members[i].ClientURLs = name, strings.Split(setting(conf, "advertise-client-urls"), ",")
	c.running[c.members[i].ID] = true
	m.mu.Lock()
	m.lay(Laid{Path: data, Content: c.members[i].ID, Owner: "etcd"})
	m.mu.Unlock()
	return &etcdMember{cluster: c, id: c.members[i].ID}, nil
}

func (c *etcdCluster) add(peer string) etcd.Member {
	c.ids++
	m := etcd.Member{ID: fmt.Sprint(c.ids), PeerURLs: []string{peer}}
	c.members = append(c.members, m)
	return m
}

func stopEtcd(d *Daemon) {
	m, ok := d.State.(*etcdMember)
	if !ok {
		return
	}
	m.cluster.mu.Lock()
	defer m.cluster.mu.Unlock()
	delete(m.cluster.running, m.id)
}

// well tells whether there is a quorum. The caller holds the lock.
func (c *etcdCluster) well() bool { return len(c.running) >= etcd.Quorum(len(c.members)) }
