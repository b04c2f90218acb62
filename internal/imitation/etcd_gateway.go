package imitation

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	etcd "pig/internal/products/etcd/model"
)

// The answers are those of etcd 3.5's JSON gateway.

var (
	errEmptyUser = errors.New("etcdserver: user name is empty")
	errPassword  = errors.New("etcdserver: authentication failed, invalid user ID or password")
	errDenied    = errors.New("etcdserver: permission denied")
)

// etcdRequest is what any request to the gateway may hold.
type etcdRequest struct {
	Name, User, Role, Password string
	ID                         string
	PeerURLs                   []string
	IsLearner                  bool
	Perm                       etcd.Permission
	Key                        string
	RangeEnd                   string `json:"range_end"`
	Value                      string
	CountOnly                  bool `json:"count_only"`
}

// ServeHTTP answers as the gateway of the member does.
func (m *etcdMember) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := m.cluster
	c.mu.Lock()
	m.ready = m.ready || c.well()
	if !m.ready { // its port is open, and it answers nobody before it has found the others
		c.mu.Unlock()
		<-r.Context().Done()
		return
	}
	defer c.mu.Unlock()
	switch {
	case r.URL.Path == "/health":
		reply(w, http.StatusOK, map[string]any{"health": fmt.Sprint(c.well()), "reason": ""})
	case r.URL.Path == "/version":
		reply(w, http.StatusOK, map[string]any{"etcdserver": "3.5.16", "etcdcluster": "3.5.0"})
	case !c.well():
		reply(w, http.StatusServiceUnavailable, map[string]any{"error": "etcdserver: request timed out", "code": 14})
	default:
		var q etcdRequest
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			reply(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
			return
		}
		answer, err := c.answer(strings.TrimPrefix(r.URL.Path, "/v3/"), q, r.Header.Get("Authorization"))
		if err != nil {
			reply(w, http.StatusBadRequest, map[string]any{"error": err.Error(), "code": 3, "message": err.Error()})
			return
		}
		reply(w, http.StatusOK, answer)
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // the body is ours
}

const etcdToken = "token of "

func (c *etcdCluster) answer(path string, q etcdRequest, token string) (any, error) {
	if path == "auth/authenticate" {
		u := c.users[q.Name]
		switch {
		case !c.guarded:
			return nil, errors.New("etcdserver: authentication is not enabled")
		case u == nil || u.password != q.Password:
			return nil, errPassword
		}
		return map[string]any{"token": etcdToken + q.Name}, nil
	}
	who := strings.TrimPrefix(token, etcdToken)
	if c.guarded && c.users[who] == nil {
		return nil, errEmptyUser
	}
	root := !c.guarded || slices.Contains(c.users[who].roles, etcd.Root)
	switch {
	case strings.HasPrefix(path, "kv/"):
		return c.store(path, q)
	case path == "cluster/member/list":
		return etcd.Cluster{Members: c.members}, nil
	case path == "maintenance/alarm":
		alarms := []any{}
		for _, a := range c.alarms {
			alarms = append(alarms, map[string]any{"memberID": c.members[0].ID, "alarm": a})
		}
		return map[string]any{"alarms": alarms}, nil
	case !root && (path != "auth/user/get" || q.Name != who):
		return nil, errDenied
	case strings.HasPrefix(path, "cluster/member/"):
		return c.reconfigure(strings.TrimPrefix(path, "cluster/member/"), q)
	case strings.HasPrefix(path, "auth/"):
		return c.authorize(strings.TrimPrefix(path, "auth/"), q)
	}
	return nil, fmt.Errorf("the imitation's etcd does not know %s", path)
}

func (c *etcdCluster) reconfigure(verb string, q etcdRequest) (any, error) {
	i := slices.IndexFunc(c.members, func(m etcd.Member) bool { return m.ID == q.ID })
	switch {
	case verb == "add":
		if slices.ContainsFunc(c.members, func(m etcd.Member) bool { return !c.running[m.ID] }) {
			return nil, errors.New("etcdserver: re-configuration failed due to not enough started members")
		}
		m := c.add(q.PeerURLs[0])
		return map[string]any{"member": m, "members": c.members}, nil
	case i < 0:
		return nil, errors.New("etcdserver: member not found")
	case verb == "update":
		c.members[i].PeerURLs = q.PeerURLs
	case verb == "remove":
		delete(c.running, q.ID)
		c.members = slices.Delete(c.members, i, i+1)
	default:
		return nil, fmt.Errorf("the imitation's etcd does not know cluster/member/%s", verb)
	}
	return etcd.Cluster{Members: c.members}, nil
}

// empty is an answer that says nothing but yes.
var empty = map[string]any{}

func (c *etcdCluster) authorize(path string, q etcdRequest) (any, error) {
	name := q.Name
	if q.User != "" {
		name = q.User
	}
	u := c.users[name]
	role := q.Role
	if role == "" {
		role = q.Name
	}
	perms, known := c.roles[role]
	ofUser := path == "user/get" || path == "user/changepw" || path == "user/delete" || path == "user/grant" || path == "user/revoke"
	ofRole := path == "role/get" || path == "role/delete" || path == "role/grant" || path == "role/revoke"
	switch {
	case ofUser && u == nil:
		return nil, errors.New("etcdserver: user name not found")
	case ofRole && !known:
		return nil, errors.New("etcdserver: role name not found")
	}
	switch path {
	case "enable":
		if r := c.users[etcd.Root]; r == nil || !slices.Contains(r.roles, etcd.Root) {
			return nil, errors.New("etcdserver: root user does not have root role")
		}
		c.guarded = true
	case "user/list":
		return map[string]any{"users": slices.Sorted(maps.Keys(c.users))}, nil
	case "user/get":
		return map[string]any{"roles": u.roles}, nil
	case "user/add":
		if u != nil {
			return nil, errors.New("etcdserver: user name already exists")
		}
		c.users[name] = &etcdUser{password: q.Password}
	case "user/changepw":
		u.password = q.Password
	case "user/delete":
		delete(c.users, name)
	case "user/grant":
		if !slices.Contains(u.roles, q.Role) {
			u.roles = append(u.roles, q.Role)
		}
	case "user/revoke":
		u.roles = slices.DeleteFunc(u.roles, func(r string) bool { return r == q.Role })
	case "role/get":
		return map[string]any{"perm": perms}, nil
	case "role/add":
		if known {
			return nil, errors.New("etcdserver: role name already exists")
		}
		c.roles[role] = nil
	case "role/delete":
		delete(c.roles, role)
	case "role/grant":
		c.roles[role] = append(perms, q.Perm)
	case "role/revoke":
		c.roles[role] = slices.DeleteFunc(perms, func(p etcd.Permission) bool { return p.Key == q.Key && p.RangeEnd == q.RangeEnd })
	default:
		return nil, fmt.Errorf("the imitation's etcd does not know auth/%s", path)
	}
	return empty, nil
}

// store holds keys as they come, in base64.
func (c *etcdCluster) store(path string, q etcdRequest) (any, error) {
	c.revision++
	switch path {
	case "kv/range":
		if v, ok := c.keys[q.Key]; ok && q.RangeEnd == "" {
			return map[string]any{"kvs": []any{map[string]any{"key": q.Key, "value": v}}, "count": "1"}, nil
		}
		return map[string]any{"count": "0"}, nil
	case "kv/put":
		c.keys[q.Key] = q.Value
		return empty, nil
	}
	return nil, fmt.Errorf("the imitation's etcd does not know %s", path)
}
