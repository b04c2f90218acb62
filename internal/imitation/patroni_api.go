package imitation

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// ServeHTTP is Patroni's REST API.
func (m *patroniMember) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := m.cluster
	c.mu.Lock()
	if user, password, _ := r.BasicAuth(); r.Method != http.MethodGet && (user != m.user || password != m.secret) {
		c.mu.Unlock()
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /cluster":
		reply(w, http.StatusOK, c.view())
	case "GET /config":
		reply(w, http.StatusOK, c.config)
	case "GET /patroni":
		reply(w, http.StatusOK, m.status())
	case "PATCH /config":
		var patch map[string]any
		if err := fromJSON(r.Body, &patch); err != nil {
			reply(w, http.StatusBadRequest, err.Error())
			break
		}
		merge(c.config, patch)
		c.retry()
		reply(w, http.StatusOK, c.config)
	case "POST /restart":
		c.mu.Unlock()
		if !m.restart() {
			reply(w, http.StatusServiceUnavailable, "restart failed")
			return
		}
		reply(w, http.StatusOK, "restarted successfully")
		return
	case "POST /switchover":
		var q struct{ Leader, Candidate string }
		_ = json.NewDecoder(r.Body).Decode(&q) //nolint:errcheck // what is missing is refused
		to := c.members[q.Candidate]
		if q.Leader != c.leader || to == nil || to.state != "running" {
			reply(w, http.StatusPreconditionFailed, "switchover is not possible")
			break
		}
		old := c.members[c.leader]
		c.leader = q.Candidate
		c.timeline++
		c.mu.Unlock()
		old.restart() // the old leader begins again as a replica
		reply(w, http.StatusOK, "Successfully switched over to \""+q.Candidate+"\"")
		return
	case "POST /failover":
		var q struct{ Candidate string }
		_ = json.NewDecoder(r.Body).Decode(&q) //nolint:errcheck // what is missing is refused
		if to := c.members[q.Candidate]; to == nil || to.state != "running" {
			reply(w, http.StatusPreconditionFailed, "failover is not possible")
			break
		}
		c.leader = q.Candidate
		c.timeline++
		reply(w, http.StatusOK, "Successfully failed over to \""+q.Candidate+"\"")
	case "POST /reinitialize":
		if m.leads() {
			reply(w, http.StatusServiceUnavailable, "I am the leader, can not reinitialize")
			break
		}
		c.mu.Unlock()
		m.restart() // the data are a new copy
		reply(w, http.StatusOK, "reinitialize started")
		return
	default:
		reply(w, http.StatusNotFound, "")
	}
	c.mu.Unlock()
}

// merge is what PATCH does: null takes away.
func merge(into, patch map[string]any) {
	for k, v := range patch {
		inner, isMap := v.(map[string]any)
		have, haveMap := into[k].(map[string]any)
		switch {
		case v == nil:
			delete(into, k)
		case isMap && haveMap:
			merge(have, inner)
		default:
			into[k] = v
		}
	}
}

func (c *patroniCluster) view() map[string]any {
	var members []any
	for _, name := range slices.Sorted(maps.Keys(c.members)) {
		m := c.members[name]
		role, state := "replica", m.state
		if m.leads() {
			role = "leader"
		} else if state == "running" {
			state = "streaming"
		}
		v := map[string]any{"name": name, "role": role, "state": state, "api_url": "https://" + m.api + "/patroni", "host": m.host, "port": m.port, "timeline": c.timeline, "lag": 0}
		if m.pending() {
			v["pending_restart"] = true
		}
		members = append(members, v)
	}
	v := map[string]any{"scope": c.scope, "members": members}
	if c.paused() {
		v["pause"] = true
	}
	return v
}

func (m *patroniMember) status() map[string]any {
	role := "replica"
	if m.leads() {
		role = "primary"
	}
	s := map[string]any{
		"state": m.state, "role": role, "server_version": 170006, "timeline": m.cluster.timeline, "xlog": map[string]any{"location": 1000, "replayed_location": 1000},
		"patroni": map[string]any{"version": "4.0.4", "scope": m.cluster.scope, "name": m.name},
	}
	if role == "replica" {
		s["replication_state"] = "streaming"
	}
	if m.pending() {
		s["pending_restart"] = true
	}
	if m.cluster.paused() {
		s["pause"] = true
	}
	if m.cluster.leader == "" {
		s["cluster_unlocked"] = true
	}
	return s
}
