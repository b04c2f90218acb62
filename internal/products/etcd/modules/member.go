package modules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	etcd "pig/internal/products/etcd/model"
	"pig/internal/value"
)

// etcdMember makes this node a member of a running cluster before its etcd starts, or takes it away from there. Run it with
// throttle: 1, and start a member before the next one joins; etcd itself refuses a second one that comes too early, and then
// this waits for a while.
//
// It returns initial_cluster_state and initial_cluster for etcd's configuration: new and the declared one where no cluster
// runs, existing and the members as they are now for one that joins; for one that is a member already, what is in its
// configuration, as etcd has no use for either by then. It returns joined and member_id too, and open: whether this member has been
// configured to let clients in without a certificate.
func etcdMember() module.Module {
	return module.Module{
		Name: "etcd_member",
		Spec: module.Spec{Args: append(etcdArgs(),
			module.Arg{Name: "name", Required: true},
			module.Arg{Name: "peer_url", Required: true},
			// url is where clients find it: a member that has started stays there.
			module.Arg{Name: "url"},
			module.Arg{Name: "state", Default: "present", Choices: []string{"present", "absent"}},
			// init is existing where there must be a cluster to join.
			module.Arg{Name: "init", Default: "new", Choices: []string{"new", "existing"}},
			module.Arg{Name: "initial_cluster"},
			module.Arg{Name: "learner", Type: module.Bool, Default: false},
			module.Arg{Name: "config", Type: module.Path, Default: "/etc/etcd/etcd.conf"},
			// data is where this member keeps what it knows. A member that has lost it leaves, and joins anew.
			module.Arg{Name: "data", Type: module.Path},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
		)},
		Run: runEtcdMember,
	}
}

func runEtcdMember(ctx context.Context, c *module.Call) (*value.Dict, error) {
	result, err := etcdMembership(ctx, c)
	if err != nil {
		return nil, err
	}
	open, err := letsAnyoneIn(c)
	result.Set("open", open)
	return result, err
}

var clientSecurity = regexp.MustCompile(`(?m)^client-transport-security:\s*\n((?:[ \t]+.*\n)*)`)

// letsAnyoneIn tells whether there is a configuration, and it asks clients for no certificate.
func letsAnyoneIn(c *module.Call) (bool, error) {
	text, there, err := c.Present(c.Args.String("config"))
	if err != nil || !there {
		return false, err
	}
	section := clientSecurity.FindSubmatch(append(text, '\n'))
	return section == nil || !bytes.Contains(section[1], []byte("trusted-ca-file: ")), nil
}

func etcdMembership(ctx context.Context, c *module.Call) (*value.Dict, error) {
	e := newEtcd(c)
	_, err := e.enter(ctx)
	var cluster etcd.Cluster
	if err == nil {
		cluster, err = e.members(ctx)
	}
	absent := c.Args.String("state") == "absent"
	var refused *etcdError
	switch {
	case errors.As(err, &refused):
		return nil, fmt.Errorf("cannot read the members of etcd: %w", err)
	case err != nil && c.Args.String("init") == "existing" && !absent && !errors.Is(err, node.ErrUnknown):
		return nil, fmt.Errorf("cannot join etcd: no running cluster found: %w", err)
	case err != nil && absent && !errors.Is(err, node.ErrUnknown):
		return nil, fmt.Errorf("cannot remove %s from etcd: %w", c.Args.String("name"), err)
	case err != nil && absent:
		return value.DictOf("joined", false), nil
	case errors.Is(err, node.ErrUnknown) && e.listens(ctx):
		return e.assumeJoin(ctx)
	case err != nil:
		return memberResult(c.Args.String("init"), c.Args.String("initial_cluster"), false, ""), nil //nolint:nilerr // nobody answers: it is to be made
	}
	if absent {
		return e.leave(ctx, cluster)
	}
	return e.join(ctx, cluster)
}

func memberResult(state string, initial value.Value, joined bool, id string) *value.Dict {
	return value.DictOf("initial_cluster_state", state, "initial_cluster", initial, "joined", joined, "member_id", id)
}

var (
	initialState   = regexp.MustCompile(`(?m)^\s*initial-cluster-state:\s*["']?(\w+)`)
	initialCluster = regexp.MustCompile(`(?m)^\s*initial-cluster:\s*["']?([^"'\s]+)`)
)

func (e *etcdClient) join(ctx context.Context, cluster etcd.Cluster) (*value.Dict, error) {
	a := e.call.Args
	name, peer := a.String("name"), a.String("peer_url")
	m, known := cluster.Find(name, peer)
	lost := false
	if known && m.Started() {
		var err error
		if lost, err = e.lost(ctx, cluster, m); err != nil {
			return nil, err
		}
	}
	if lost {
		if _, err := e.leave(ctx, cluster); err != nil {
			return nil, fmt.Errorf("the data of member %s is lost, and the member cannot join again: %w", name, err)
		}
		cluster = cluster.Without(m)
	}
	if url := a.String("url"); known && !lost && url != "" && len(m.ClientURLs) > 0 && !slices.Contains(m.ClientURLs, url) {
		return nil, fmt.Errorf("cannot move member %s from %s to %s: a running Patroni does not learn a new etcd address", name, strings.Join(m.ClientURLs, ","), url)
	}
	if known && !lost {
		state, initial := "existing", cluster.InitialCluster(name, peer)
		if m.Started() {
			text, err := e.call.System.Files().Read(a.String("config"))
			if found := initialState.FindSubmatch(text); err == nil && found != nil {
				state = string(found[1])
			}
			if found := initialCluster.FindSubmatch(text); err == nil && found != nil {
				initial = string(found[1])
			}
		}
		return memberResult(state, initial, false, m.ID), nil
	}
	change := node.Change{Kind: "etcd member", ID: name, Action: "create", Attrs: []node.Attr{{Name: "peer", After: peer}}}
	body := map[string]any{"peerURLs": []string{peer}, "isLearner": a.Bool("learner")}
	if err := e.reconfigure(ctx, "cluster/member/add", body, change); err != nil {
		return nil, fmt.Errorf("cannot join etcd as %s: %w", name, err)
	}
	return memberResult("existing", cluster.InitialCluster(name, peer), true, ""), nil
}

// reconfigure changes the members. etcd refuses that while one of them has only just come up: then it is asked again.
func (e *etcdClient) reconfigure(ctx context.Context, path string, body any, change node.Change) error {
	deadline := time.Now().Add(time.Duration(e.call.Args.Int("timeout")) * time.Second)
	for {
		err := e.do(ctx, path, body, change)
		early := says(err, "unhealthy cluster") || says(err, "not enough started members") || says(err, "too many learner")
		if err == nil || !early || time.Now().After(deadline) {
			return err
		}
		if err := module.Pause(ctx, 5*module.Interval); err != nil {
			return err
		}
	}
}

// lost tells whether the member is down and its data gone: etcd would not start again with nothing under the identity that
// it had.
func (e *etcdClient) lost(ctx context.Context, cluster etcd.Cluster, m etcd.Member) (bool, error) {
	data := e.call.Args.String("data")
	if data == "" || slices.Contains(e.wellMembers(ctx, cluster), m.ID) {
		return false, nil
	}
	i, err := e.call.System.Files().Stat(filepath.Join(data, "member"), true)
	return err == nil && !i.Exists(), err
}

// listens tells whether somebody listens at an endpoint, so that there is a cluster, if this node cannot ask it yet.
func (e *etcdClient) listens(ctx context.Context) bool {
	for _, at := range e.endpoints {
		u, err := url.Parse(at)
		if err != nil {
			continue
		}
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			continue
		}
		if _, err := e.call.System.Net().Dial(ctx, u.Hostname(), port, 2*time.Second, 0); err == nil {
			return true
		}
	}
	return false
}

// assumeJoin plans to join a cluster that this node has no certificates yet to ask.
func (e *etcdClient) assumeJoin(ctx context.Context) (*value.Dict, error) {
	name := e.call.Args.String("name")
	change := node.Change{Kind: "etcd member", ID: name, Action: "create", Assumed: true}
	err := e.do(ctx, "cluster/member/add", map[string]any{}, change)
	return memberResult("existing", e.call.Args.String("initial_cluster"), true, ""), err
}

func (e *etcdClient) leave(ctx context.Context, cluster etcd.Cluster) (*value.Dict, error) {
	a := e.call.Args
	m, ok := cluster.Find(a.String("name"), a.String("peer_url"))
	if !ok {
		return value.DictOf("joined", false), nil
	}
	if err := cluster.MayLeave(m, e.wellMembers(ctx, cluster)); err != nil {
		return nil, fmt.Errorf("cannot remove %s from etcd: %w", a.String("name"), err)
	}
	change := node.Change{Kind: "etcd member", ID: a.String("name"), Action: "delete", Impact: node.ImpactRestart}
	if err := e.reconfigure(ctx, "cluster/member/remove", map[string]string{"ID": m.ID}, change); err != nil {
		return nil, fmt.Errorf("cannot remove %s from etcd: %w", a.String("name"), err)
	}
	return value.DictOf("joined", false, "member_id", m.ID), nil
}
