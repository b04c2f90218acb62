package modules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	pgsql "pig/internal/products/pgsql/model"
)

// patroni speaks to Patroni's REST API: this node's, and those of the other members.
type patroni struct {
	call *module.Call
	base string // of this node's, without a slash at the end: where it is declared to be
}

// patroniArgs are the arguments that every module that speaks to Patroni takes.
func patroniArgs() []module.Arg {
	return []module.Arg{
		// url is this node's API, such as https://10.10.10.11:8008; found by itself if it is not given.
		{Name: "url"}, {Name: "patroni_port", Type: module.Int, Default: int64(8008)},
		{Name: "ca", Type: module.Path}, {Name: "cert", Type: module.Path}, {Name: "key", Type: module.Path},
		{Name: "username"}, {Name: "password"},
		{Name: "validate_certs", Type: module.Bool, Default: true},
		{Name: "unit", Default: "patroni.service"},
	}
}

func newPatroni(ctx context.Context, c *module.Call) patroni {
	base := strings.TrimSuffix(c.Args.String("url"), "/")
	if base == "" {
		base = "http://" + module.Listener(ctx, c, c.Args.Int("patroni_port"))
	}
	return patroni{call: c, base: base}
}

func (p patroni) request(method, url string, timeout time.Duration) node.Request {
	a := p.call.Args
	return node.Request{
		Method: method, URL: url, Timeout: timeout, Needs: a.String("unit"), Header: map[string]string{"Content-Type": "application/json"},
		CAFile: a.String("ca"), CertFile: a.String("cert"), KeyFile: a.String("key"), Insecure: !a.Bool("validate_certs"),
		User: a.String("username"), Password: a.String("password"),
	}
}

// own is the root of this node's API where it is now: another port, or TLS, counts only once Patroni has read its file again.
func (p patroni) own(ctx context.Context) string {
	if err := p.try(ctx, p.base+"/patroni", nil); err == nil || errors.Is(err, node.ErrNotYet) {
		return p.base
	}
	for _, at := range module.ListensAt(ctx, p.call, p.call.Args.String("unit")) {
		for _, scheme := range []string{"https://", "http://"} {
			if p.try(ctx, scheme+at+"/patroni", &struct{}{}) == nil {
				return scheme + at
			}
		}
	}
	return p.base
}

// get reads a resource of some member's API into target. node.ErrNotYet says that Patroni is only planned to start.
func (p patroni) get(ctx context.Context, url string, target any) error {
	unit := ""
	if strings.HasPrefix(url, p.base+"/") {
		unit = p.call.Args.String("unit")
	}
	return module.Question(ctx, p.call, unit, func(ctx context.Context) error { return p.try(ctx, url, target) })
}

// ask reads a resource of this node's API, wherever that is now.
func (p patroni) ask(ctx context.Context, path string, target any) error {
	return module.Question(ctx, p.call, p.call.Args.String("unit"), func(ctx context.Context) error { return p.try(ctx, p.own(ctx)+path, target) })
}

// try reads a resource once.
func (p patroni) try(ctx context.Context, url string, target any) error {
	r := p.request("GET", url, 10*time.Second)
	if !strings.HasPrefix(r.URL, "https:") {
		r.CAFile, r.CertFile, r.KeyFile = "", "", ""
	}
	res, err := p.call.System.Net().HTTP(ctx, r)
	if err != nil {
		return err
	}
	if target == nil {
		return nil
	}
	if err := json.Unmarshal(res.Body, target); err != nil {
		err = fmt.Errorf("%s answered %d: %s", url, res.Status, module.Snippet(res.Body))
		if module.Unready(res.Status) {
			return module.Busy{Cause: err}
		}
		return err
	}
	return nil
}

// send asks for a change and fails if it is not made.
func (p patroni) send(ctx context.Context, method, url string, body any, timeout time.Duration, change node.Change) error {
	r := p.request(method, url, timeout)
	if !strings.HasPrefix(r.URL, "https:") {
		r.CAFile, r.CertFile, r.KeyFile = "", "", ""
	}
	var err error
	if r.Body, err = json.Marshal(body); err != nil {
		return err
	}
	r.Change = &change
	res, err := p.call.System.Net().HTTP(ctx, r)
	for end := time.Now().Add(flagsTake); err == nil && res.Status == 401 && time.Now().Before(end); { // it may be about to read a new password
		if err = module.Pause(ctx, module.Interval); err == nil {
			res, err = p.call.System.Net().HTTP(ctx, r)
		}
	}
	if err != nil {
		return err
	}
	switch {
	case res.Status == 401 || res.Status == 403:
		return fmt.Errorf("%s refuses the user name or password of Patroni's API (%d)", url, res.Status)
	case res.Status < 300:
		return nil
	}
	err = fmt.Errorf("%s answered %d: %s", url, res.Status, module.Snippet(res.Body))
	if module.Unready(res.Status) {
		return module.Busy{Cause: err}
	}
	return err
}

// configure patches the dynamic configuration by the API at root: again where that gives no answer, as a patch says how the configuration shall be.
func (p patroni) configure(ctx context.Context, root string, patch any, change node.Change) error {
	return module.Question(ctx, p.call, p.call.Args.String("unit"), func(ctx context.Context) error {
		return p.send(ctx, "PATCH", root+"/config", patch, 30*time.Second, change)
	})
}

// view is the cluster as this node's Patroni sees it.
func (p patroni) view(ctx context.Context) (pgsql.ClusterView, error) {
	v, err := p.glance(ctx)
	if err != nil && !errors.Is(err, node.ErrUnknown) {
		return v, postgresTrouble(ctx, p.call, p.call.Args.String("unit"), p.call.Args.Int("patroni_port"), fmt.Errorf("cannot read the cluster from Patroni: %w", err))
	}
	if err == nil && v.Scope == "" {
		v.Scope = p.scope(ctx)
	}
	return v, err
}

// glance is view without a diagnosis of what goes wrong.
func (p patroni) glance(ctx context.Context) (v pgsql.ClusterView, err error) {
	err = p.ask(ctx, "/cluster", &v)
	return v, err
}

// memberState is what a member's own Patroni says of it: newer than what the cluster knows.
type memberState struct {
	State       string `json:"state"`
	Role        string `json:"role"`
	Replication string `json:"replication_state"` // from Patroni 4 on
	Pending     bool   `json:"pending_restart"`
	Paused      bool   `json:"pause"`
	Reasons     map[string]struct {
		Old json.RawMessage `json:"old_value"`
		New json.RawMessage `json:"new_value"`
	} `json:"pending_restart_reason"`
	Xlog struct {
		Location int64 `json:"location"`          // of a leader
		Replayed int64 `json:"replayed_location"` // of a replica
	} `json:"xlog"`
	Patroni struct {
		Version string `json:"version"`
		Scope   string `json:"scope"`
	} `json:"patroni"`
}

// follows tells whether the member gets what its leader writes, as far as its version of Patroni tells: 3.1 and later do.
func (s memberState) follows() bool {
	var major, minor int
	_, err := fmt.Sscanf(s.Patroni.Version, "%d.%d", &major, &minor)
	tells := err == nil && (major > 3 || major == 3 && minor > 0)
	return s.Replication == "streaming" || s.Replication == "in archive recovery" || !tells
}

// bound tells that a standby leader waits for a restart which would change nothing: it keeps as much of some settings as the
// cluster has that it follows.
func (s memberState) bound(m pgsql.MemberView) bool {
	if m.Role != "standby_leader" || len(s.Reasons) == 0 {
		return false
	}
	for name, why := range s.Reasons {
		if !pgsql.Shrinks(name, strings.Trim(string(why.Old), `"`), strings.Trim(string(why.New), `"`)) {
			return false
		}
	}
	return true
}

func (p patroni) state(ctx context.Context, m pgsql.MemberView) (memberState, error) {
	var s memberState
	return s, p.get(ctx, api(m)+"/patroni", &s)
}

func (p patroni) scope(ctx context.Context) string {
	var s memberState
	if p.ask(ctx, "/patroni", &s) != nil || s.Patroni.Scope == "" {
		return "cluster"
	}
	return s.Patroni.Scope
}

// api is the root of a member's API.
func api(m pgsql.MemberView) string {
	return strings.TrimSuffix(strings.TrimSuffix(m.API, "/"), "/patroni")
}
