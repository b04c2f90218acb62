package modules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"pig/internal/module"
	"pig/internal/node"
	etcd "pig/internal/products/etcd/model"
)

// etcdClient speaks to an etcd cluster through the JSON gateway of its version 3 API.
type etcdClient struct {
	call      *module.Call
	endpoints []string // URLs
	former    []string // where it is found as long as it has not moved to endpoints; nil before that was looked up
	token     string   // after login
	identity  *etcdIdentity
	outdated  bool // root still has the password of before
}

// etcdArgs are the arguments that every module that speaks to etcd takes.
func etcdArgs() []module.Arg {
	return []module.Arg{
		// endpoints are URLs, or address:port for https.
		{Name: "endpoints", Type: module.List, Elements: module.Str, Aliases: []string{"endpoint"}, Required: true},
		// Without cert, the first of etcdIdentities that is on the node shows etcd that its owner belongs to the environment.
		{Name: "ca", Type: module.Path}, {Name: "cert", Type: module.Path}, {Name: "key", Type: module.Path},
		{Name: "validate_certs", Type: module.Bool, Default: true},
		{Name: "root_password"},
		// password_file is where members keep the password that root has; once it is declared to be another, this one still opens.
		{Name: "password_file", Type: module.Path, Default: "/etc/etcd/etcd.pass"},
		// client is the configuration of a client of etcd on this node: it names endpoints that etcd has not left yet.
		{Name: "client", Type: module.Path},
		{Name: "unit", Default: "etcd.service"},
	}
}

func newEtcd(c *module.Call) *etcdClient {
	e := &etcdClient{call: c}
	for _, at := range c.Args.Strings("endpoints") {
		if !strings.Contains(at, "://") {
			at = "https://" + at
		}
		e.endpoints = append(e.endpoints, strings.TrimSuffix(at, "/"))
	}
	return e
}

// etcdIdentity is a certificate that etcd lets in, with its key.
type etcdIdentity struct{ cert, key string }

// etcdIdentities are where members of etcd, members of PostgreSQL, infra nodes and all others have one.
var etcdIdentities = []etcdIdentity{
	{"/etc/etcd/server.crt", "/etc/etcd/server.key"},
	{"/pg/cert/server.crt", "/pg/cert/server.key"},
	{"/etc/pki/infra.crt", "/etc/pki/infra.key"},
	{"/etc/pki/node.crt", "/etc/pki/node.key"},
}

// certificate is the one to show. A certificate that is only planned opens nothing yet: the live node is asked.
func (e *etcdClient) certificate() etcdIdentity {
	if e.identity == nil {
		a := e.call.Args
		e.identity = &etcdIdentity{a.String("cert"), a.String("key")}
		for _, i := range etcdIdentities {
			if e.identity.cert == "" && e.has(i.cert) && e.has(i.key) {
				*e.identity = i
			}
		}
	}
	return *e.identity
}

func (e *etcdClient) has(file string) bool {
	i, err := e.call.Scratch.Files().Stat(file, true)
	return err == nil && i.Exists()
}

// etcdError is what etcd answers instead of doing what it was asked for.
type etcdError struct{ msg string }

func (e *etcdError) Error() string { return e.msg }

func (e *etcdClient) request(method, url string, timeout time.Duration) node.Request {
	a := e.call.Args
	r := node.Request{Method: method, URL: url, Timeout: timeout, Needs: a.String("unit"), Header: map[string]string{"Content-Type": "application/json"}, Insecure: !a.Bool("validate_certs")}
	if strings.HasPrefix(url, "https:") {
		i := e.certificate()
		r.CAFile, r.CertFile, r.KeyFile = a.String("ca"), i.cert, i.key
	}
	if e.token != "" {
		r.Header["Authorization"] = e.token
	}
	return r
}

// A question may be asked again elsewhere soon; a change is made once, and gets the time that a busy machine takes for it.
const (
	etcdTimeout       = 5 * time.Second
	etcdChangeTimeout = 30 * time.Second
)

// ask reads: it posts body to /v3/path at the first endpoint that answers and decodes the answer into target.
func (e *etcdClient) ask(ctx context.Context, path string, body, target any) error {
	return e.post(ctx, path, body, target, nil)
}

// do changes something, told by change.
func (e *etcdClient) do(ctx context.Context, path string, body any, change node.Change) error {
	return e.post(ctx, path, body, nil, &change)
}

func (e *etcdClient) post(ctx context.Context, path string, body, target any, change *node.Change) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if change != nil {
		return e.round(ctx, path, text, target, change)
	}
	return module.Question(ctx, e.call, e.call.Args.String("unit"), func(ctx context.Context) error { return e.round(ctx, path, text, target, nil) })
}

// round posts text at the first endpoint that answers.
func (e *etcdClient) round(ctx context.Context, path string, text []byte, target any, change *node.Change) error {
	var unreachable error
	for at := range e.everywhere(ctx) {
		limit := etcdTimeout
		if change != nil {
			limit = etcdChangeTimeout
		}
		r := e.request("POST", at+"/v3/"+path, limit)
		r.Body, r.Change, r.ReadOnly = text, change, change == nil
		res, err := e.call.System.Net().HTTP(ctx, r)
		if errors.Is(err, node.ErrNotYet) {
			return err
		}
		if err != nil {
			if !node.Silent(unreachable) { // one that is there weighs more than any that is not
				unreachable = err
			}
			continue
		}
		err = decodeEtcd(at, res, target)
		if change == nil && err != nil && (stopping(err) || module.Unready(res.Status)) { // a question may be asked again elsewhere; whether a change was made is not known
			unreachable = module.Busy{Cause: err}
			continue
		}
		return err
	}
	if unreachable == nil {
		return errors.New("no endpoint of etcd is given")
	}
	return fmt.Errorf("etcd does not answer: %w", unreachable)
}

// everywhere are the endpoints; then, if none of them answers, where etcd has been so far: a port that is declared anew counts
// only after a restart.
func (e *etcdClient) everywhere(ctx context.Context) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, at := range e.endpoints {
			if !yield(at) {
				return
			}
		}
		if e.former == nil {
			e.former = []string{}
			at := module.ListensAt(ctx, e.call, e.call.Args.String("unit"))
			if text, err := e.call.Scratch.Files().Read(e.call.Args.String("client")); err == nil {
				at = append(at, clientHosts(text)...)
			}
			for _, a := range at {
				e.former = append(e.former, "https://"+a)
			}
		}
		for _, at := range e.former {
			if !slices.Contains(e.endpoints, at) && !yield(at) {
				return
			}
		}
	}
}

var hostsOfClient = regexp.MustCompile(`(?m)^\s*hosts:\s*(\S+)\s*$`)

// clientHosts reads the endpoints in Patroni's configuration.
func clientHosts(text []byte) []string {
	m := hostsOfClient.FindSubmatch(text)
	if m == nil {
		return nil
	}
	return strings.Split(string(m[1]), ",")
}

// stopping tells whether err is what the gateway of a member says that goes down, or has its leader go down, while it answers.
func stopping(err error) bool {
	for _, words := range []string{"malformed header", "transport is closing", "server stopped", "connection error", "error reading from server", "leader changed"} {
		if says(err, words) {
			return true
		}
	}
	return false
}

func decodeEtcd(at string, res node.Response, target any) error {
	if res.Status >= 300 {
		var e struct {
			Error   string `json:"error"`
			Message string `json:"message"`
		}
		if json.Unmarshal(res.Body, &e) == nil && e.Error+e.Message != "" {
			if e.Message != "" {
				return &etcdError{e.Message}
			}
			return &etcdError{e.Error}
		}
		if res.Status == 404 {
			return fmt.Errorf("%s has no version 3 API for JSON: etcd 3.4 needs enable-grpc-gateway: true", at)
		}
		return &etcdError{fmt.Sprintf("%s answered %d: %s", at, res.Status, module.Snippet(res.Body))}
	}
	if target == nil || len(res.Body) == 0 {
		return nil
	}
	if err := json.Unmarshal(res.Body, target); err != nil {
		return fmt.Errorf("invalid answer of %s: want JSON", at)
	}
	return nil
}

// says tells whether err is an answer of etcd with these words.
func says(err error, words string) bool {
	var e *etcdError
	return errors.As(err, &e) && strings.Contains(e.msg, words)
}

// login takes a token for user; false if the password is another.
func (e *etcdClient) login(ctx context.Context, user, password string) (string, bool, error) {
	var answer struct {
		Token string `json:"token"`
	}
	err := e.ask(ctx, "auth/authenticate", map[string]string{"name": user, "password": password}, &answer)
	if says(err, "authentication failed") {
		return "", false, nil
	}
	return answer.Token, err == nil, err
}

// enter logs in as root where that is needed and a password is given. It tells whether etcd asks for passwords.
func (e *etcdClient) enter(ctx context.Context) (guarded bool, err error) {
	err = e.ask(ctx, "auth/user/list", struct{}{}, nil)
	if err == nil {
		return false, nil
	}
	if !says(err, "user name is empty") && !says(err, "invalid auth token") && !says(err, "permission denied") {
		return false, err
	}
	password := e.call.Args.String("root_password")
	if password == "" {
		return true, nil
	}
	kept, _ := e.call.Scratch.Files().Read(e.call.Args.String("password_file")) //nolint:errcheck // only members have it
	for i, p := range []string{password, strings.TrimSpace(string(kept))} {
		if p == "" {
			continue
		}
		token, ok, err := e.login(ctx, etcd.Root, p)
		if err != nil {
			return true, err
		}
		if ok {
			e.token, e.outdated = token, i > 0
			return true, nil
		}
	}
	return true, errRoot
}

var errRoot = errors.New("etcd refuses the password of root: etcd_root_password differs from the stored password")

// members lists the cluster.
func (e *etcdClient) members(ctx context.Context) (etcd.Cluster, error) {
	var c etcd.Cluster
	err := e.ask(ctx, "cluster/member/list", struct{}{}, &c)
	return c, err
}

// well tells whether the etcd at url is a member of a cluster that has a leader; if not, why.
func (e *etcdClient) well(ctx context.Context, url string) error {
	res, err := e.call.System.Net().HTTP(ctx, e.request("GET", url+"/health", etcdTimeout))
	if err != nil {
		return err
	}
	var answer struct {
		Health any    `json:"health"`
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(res.Body, &answer); err != nil {
		return fmt.Errorf("%s answered %d", url, res.Status)
	}
	if fmt.Sprint(answer.Health) != "true" {
		return fmt.Errorf("%s is not healthy: %s", url, answer.Reason)
	}
	return nil
}

// wellMembers are the IDs of the members that answer and are well.
func (e *etcdClient) wellMembers(ctx context.Context, c etcd.Cluster) []string {
	var up []string
	for _, m := range c.Members {
		for _, u := range m.ClientURLs {
			if loopback(u) {
				continue
			}
			if e.well(ctx, strings.TrimSuffix(u, "/")) == nil {
				up = append(up, m.ID)
				break
			}
		}
	}
	return up
}

func loopback(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "::1")
}

// etcdConfig is what every member has.
const etcdConfig = "/etc/etcd/etcd.conf"

// etcdSigns are what etcd's log says when a member does not come up, and what it means.
var etcdSigns = []module.Sign{
	module.Means(`(?i)no space left on device|disk quota exceeded`, "the disk is full"),
	module.Means(`(?i)database space exceeded|alarm:NOSPACE`, "the etcd database is full: compact and defragment the database, then disarm the alarm"),
	module.Means(`(?i)address already in use`, "another process uses the port already"),
	module.Means(`(?i)the member has been permanently removed`, "this member was removed from the cluster: empty the data directory, then apply again"),
	module.Means(`(?i)cluster ID mismatch`, "the data directory belongs to another etcd cluster than the other members"),
	module.Means(`(?i)member count is unequal|unmatched member while checking PeerURLs`, "initial-cluster differs from the member list of the cluster"),
	module.Means(`(?i)clock difference|clock-drift|prober found high clock drift`, "the clocks of the nodes differ"),
	module.Means(`(?i)certificate has expired|certificate is not yet valid`, "a certificate has expired, or a clock is wrong"),
	module.Means(`(?i)x509:|bad certificate|certificate signed by unknown authority|certificate required`, "a certificate does not verify"),
	module.Means(`(?i)permission denied`, "permission denied for a file of the service"),
	module.Means(`(?i)error verifying flags|invalid value|couldn't find local name|unmarshal|yaml`, "the configuration has an error"),
	module.Means(`(?i)is starting a new election|lost leader|prober detected unhealthy status|connection refused|i/o timeout|no route to host`, "no quorum: too few other members answer"),
}

// etcdTrouble finds out why etcd is not as it should be: this node's, or that of other nodes where this one is no member.
func etcdTrouble(ctx context.Context, c *module.Call, cause error) error {
	return module.Explained(ctx, c, cause, func(ctx context.Context) error { return etcdEvidence(ctx, c, cause) })
}

func etcdEvidence(ctx context.Context, c *module.Call, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	unit := c.Args.String("unit")
	var evidence []string
	if i, err := c.System.Files().Stat(etcdConfig, true); err == nil && !i.Exists() {
		return module.Troubled(etcdSigns, unit, node.Unit{}, false, endpointsSeen(ctx, c), cause)
	}
	u, err := c.System.Services().Unit(ctx, unit)
	if err == nil {
		evidence = append(evidence, fmt.Sprintf("unit %s is %s (%s), result %s", unit, u.Active, u.Sub, u.Result))
	}
	for _, line := range module.Journal(ctx, c, unit) {
		evidence = append(evidence, module.Clip(line, 400))
	}
	evidence = append(evidence, module.Listening(ctx, c, 2379), module.Listening(ctx, c, 2380))
	evidence = append(evidence, endpointsSeen(ctx, c)...)
	for _, fs := range []string{"/", "/var", "/data"} {
		if full := module.DiskFull(ctx, c, fs); full != "" {
			evidence = append(evidence, full)
		}
	}
	return module.Troubled(etcdSigns, unit, u, err == nil, evidence, cause)
}

// endpointsSeen is how each endpoint is, seen from this node.
func endpointsSeen(ctx context.Context, c *module.Call) (evidence []string) {
	e := newEtcd(c)
	for _, at := range e.endpoints {
		if err := e.well(ctx, at); err != nil {
			evidence = append(evidence, "health of "+at+": "+module.Clip(err.Error(), 300))
		} else {
			evidence = append(evidence, "health: "+at+" is healthy")
		}
	}
	return evidence
}
