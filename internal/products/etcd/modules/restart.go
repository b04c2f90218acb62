package modules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	etcd "pig/internal/products/etcd/model"
	"pig/internal/value"
)

// etcdRestart restarts this node's etcd so that it reads its files again, and waits until it is well. Run it with
// throttle: 1. It restarts only while all other members are well, unless this one is not well itself, which then has nothing
// to lose. It does nothing if etcd has started after the last of the files in reads was written, or is only planned to.
func etcdRestart() module.Module {
	return module.Module{
		Name: "etcd_restart",
		Spec: module.Spec{Args: append(etcdArgs(),
			module.Arg{Name: "name", Required: true},
			module.Arg{Name: "timeout", Type: module.Int, Default: int64(60)},
			// peer_url is where other members find this one after the restart.
			module.Arg{Name: "peer_url"},
			// peer_ca is the authority whose certificates alone this member takes from others after the restart: they must have theirs.
			module.Arg{Name: "peer_ca", Type: module.Path},
			module.Arg{Name: "port", Type: module.Int, Default: int64(2379)},
			// reads are the files, and directories of files, that etcd reads when it starts; none makes it restart in any case.
			module.Arg{Name: "reads", Type: module.List, Elements: module.Str, Default: value.NewList("/etc/etcd", "/etc/default/etcd", "/etc/systemd/system/etcd.service",
				"/etc/systemd/system/etcd.service.d", "/lib/systemd/system/etcd.service", "/usr/bin/etcd")},
		)},
		Run: runEtcdRestart,
	}
}

func runEtcdRestart(ctx context.Context, c *module.Call) (*value.Dict, error) {
	unit := c.Args.String("unit")
	limit := time.Duration(c.Args.Int("timeout")) * time.Second
	services := c.System.Services()
	u, err := services.Unit(ctx, unit)
	if err != nil {
		return nil, err
	}
	if !u.Running() {
		if err := services.Start(ctx, unit, node.UnitOptions{}); err != nil {
			return nil, etcdTrouble(ctx, c, err)
		}
		return value.DictOf("restarted", false), nil
	}
	fresh, err := module.StartedAfter(ctx, c, unit, c.Args.Strings("reads"))
	if err != nil {
		return nil, err
	}
	if fresh {
		return value.DictOf("restarted", false), nil
	}
	e := newEtcd(c)
	me, own, others, err := e.neighbours(ctx)
	if err != nil || own == "" { // the cluster does not answer, so it cannot get worse
		own = "https://" + module.Listener(ctx, c, c.Args.Int("port"))
	}
	if e.well(ctx, own) == nil {
		if err := e.awaitWell(ctx, others, limit); err != nil {
			return nil, fmt.Errorf("cannot restart %s: another member is not healthy: %w", c.Args.String("name"), err)
		}
	}
	if err := e.awaitPeers(ctx, limit); err != nil {
		return nil, err
	}
	if err := e.moves(ctx, me); err != nil {
		return nil, err
	}
	if err := services.Restart(ctx, unit, node.UnitOptions{Impact: node.ImpactRestart}); err != nil {
		return nil, etcdTrouble(ctx, c, err)
	}
	return value.DictOf("restarted", true), e.awaitWell(ctx, []string{own}, limit)
}

// awaitPeers waits until every other member that has started shows a certificate of peer_ca to members: without one it would be shut out by
// this one. Certificates are read anew for each connection, so that none has to be restarted for that.
func (e *etcdClient) awaitPeers(ctx context.Context, limit time.Duration) error {
	ca := e.call.Args.String("peer_ca")
	if ca == "" {
		return nil
	}
	cluster, err := e.members(ctx)
	if err != nil {
		return nil //nolint:nilerr // the cluster does not answer: nobody can be shut out
	}
	deadline := time.Now().Add(limit)
	for _, m := range cluster.Members {
		if m.Name == e.call.Args.String("name") || !m.Started() || len(m.PeerURLs) == 0 {
			continue
		}
		r := e.request("GET", strings.TrimSuffix(m.PeerURLs[0], "/")+"/version", etcdTimeout)
		r.CAFile = ca
		for {
			_, err := e.call.System.Net().HTTP(ctx, r)
			if err == nil || errors.Is(err, node.ErrUnknown) {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("cannot restart %s: the certificate of %s is not signed by the CA of the etcd members: %w", e.call.Args.String("name"), m.Name, err)
			}
			if err := module.Pause(ctx, module.Interval); err != nil {
				return err
			}
		}
	}
	return nil
}

// moves tells the others where they will find this member, just before it listens there.
func (e *etcdClient) moves(ctx context.Context, me etcd.Member) error {
	peer := e.call.Args.String("peer_url")
	if peer == "" || me.ID == "" || slices.Contains(me.PeerURLs, peer) {
		return nil
	}
	change := node.Change{Kind: "etcd member", ID: me.Name, Action: "update", Attrs: []node.Attr{{Name: "peer", Before: strings.Join(me.PeerURLs, ","), After: peer}}}
	if err := e.reconfigure(ctx, "cluster/member/update", map[string]any{"ID": me.ID, "peerURLs": []string{peer}}, change); err != nil {
		return fmt.Errorf("cannot move %s to %s: %w", me.Name, peer, err)
	}
	return nil
}

// neighbours are this member, its URL and those of the others, from the cluster's own list.
func (e *etcdClient) neighbours(ctx context.Context) (me etcd.Member, own string, others []string, err error) {
	if _, err = e.enter(ctx); err != nil {
		return me, "", nil, err
	}
	cluster, err := e.members(ctx)
	if err != nil {
		return me, "", nil, err
	}
	for _, m := range cluster.Members {
		for _, u := range m.ClientURLs {
			if loopback(u) {
				continue
			}
			if m.Name == e.call.Args.String("name") {
				me, own = m, strings.TrimSuffix(u, "/")
			} else {
				others = append(others, strings.TrimSuffix(u, "/"))
			}
			break
		}
	}
	return me, own, others, nil
}
