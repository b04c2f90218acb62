package modules

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pig/internal/module"
)

// postgresSigns are what the logs of Patroni and PostgreSQL say when a member does not come up, and what it means. The
// first that is found counts: what explains most comes first.
var postgresSigns = []module.Sign{
	module.Means(`(?i)no space left on device|disk quota exceeded`, "the disk is full"),
	module.Means(`(?i)system id mismatch|system identifier .*(differ|mismatch)|belongs to a different cluster|database system identifier differs`, "the data directory belongs to another cluster, not to the one in etcd"),
	module.Means(`(?i)no pg_hba.conf entry for replication`, "the HBA rules of the leader reject this member"),
	module.Means(`(?i)password authentication failed for user "?replicator|(FATAL|error).*(basebackup|replication).*password authentication failed|basebackup.*authentication failed`, "the password of the replication user differs from the leader's password"),
	module.Means(`(?i)requires (a )?watchdog|watchdog (activation failed|could not be activated)`, "a watchdog is required (patroni_watchdog_mode), but this machine has no watchdog that Patroni can use"),
	module.Means(`(?i)running with empty data directory`, "the cluster is in maintenance mode, and no member is created before the cluster is resumed (patroni_mode: default, or patronictl resume)"),
	module.Means(`(?i)password authentication failed`, "a password is wrong: the replication user's or the superuser's"),
	module.Means(`(?i)could not (bind|create any TCP)|address already in use`, "another process uses the port already"),
	module.Means(`(?i)could not map anonymous shared memory|could not resize shared memory|out of memory|cannot allocate memory`, "not enough memory for shared_buffers"),
	module.Means(`(?i)ALERT_CERTIFICATE_REQUIRED|bad certificate`, "etcd requires a client certificate, or another one"),
	module.Means(`(?i)certificate (signed by unknown authority|has expired|verify failed)|CERTIFICATE_VERIFY_FAILED|x509:`, "a certificate does not verify"),
	module.Means(`KVCache\.run <InvalidArgument|user name is empty`, "etcd requires a password, but Patroni has no password or a wrong one"),
	module.Means(`(?i)auth failed|invalid auth token|permission denied.*etcd|etcdserver: (authentication|permission)`, "etcd refuses Patroni's user or password"),
	module.Means(`(?i)failed to get list of machines|no etcd|etcd.*(refused|timed out|no more|unreachable)|DCS is not accessible|could not be accessed`, "etcd does not answer"),
	module.Means(`(?i)could not access file "([^"]+)": No such file`, "a library in shared_preload_libraries is not installed"),
	module.Means(`(?i)invalid value for parameter|unrecognized configuration parameter|configuration file .* contains errors`, "a PostgreSQL parameter is wrong"),
	module.Means(`(?i)permission denied|invalid permissions|has wrong ownership|Operation not permitted`, "permission denied for a file of the service"),
	module.Means(`(?i)requested timeline .* is not a child|requested starting point .* is ahead|has already been removed`, "the timeline of this member has diverged: reinitialize the member (pig pgsql-reinit)"),
	module.Means(`(?i)waiting for leader to bootstrap`, "the cluster has no leader yet: check the primary"),
	module.Means(`(?i)ModuleNotFoundError|ImportError`, "a Python package of Patroni is missing"),
	module.Means(`(?i)is not empty|data directory .* (exists|not empty)`, "the data directory is not empty, but etcd has no cluster for it"),
}

// postgresTrouble finds out why PostgreSQL on this node is not as it should be: one probable cause first, then the evidence.
func postgresTrouble(ctx context.Context, c *module.Call, unit string, port int, cause error) error {
	return module.Explained(ctx, c, cause, func(ctx context.Context) error { return postgresEvidence(ctx, c, unit, port, cause) })
}

func postgresEvidence(ctx context.Context, c *module.Call, unit string, port int, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	root := *c
	root.System = c.Scratch
	evidence := []string{}
	u, err := c.System.Services().Unit(ctx, unit)
	if err == nil {
		evidence = append(evidence, fmt.Sprintf("unit %s is %s (%s), result %s", unit, u.Active, u.Sub, u.Result))
	}
	log := module.Journal(ctx, &root, unit)
	logFiles := append(module.TailLogs(ctx, &root, "/pg/log/patroni"), module.TailLogs(ctx, &root, "/pg/log/postgres")...)
	evidence = append(append(evidence, log...), logFiles...)
	evidence = append(evidence, module.Listening(ctx, &root, port))
	evidence = append(evidence, patroniView(ctx, &root)...)
	for _, fs := range []string{"/", "/var", "/data", "/pg", "/pg/data", "/tmp"} {
		if full := module.DiskFull(ctx, &root, fs); full != "" && !slices.Contains(evidence, full) {
			evidence = append(evidence, full)
		}
	}
	return module.Troubled(postgresSigns, unit, u, err == nil, evidence, cause)
}

// patroniView is what this node's Patroni says of the cluster.
func patroniView(ctx context.Context, c *module.Call) []string {
	body, err := askPatroni(ctx, c, "/cluster")
	var view struct {
		Members []struct {
			Name, Role, State string
		} `json:"members"`
	}
	if err != nil || json.Unmarshal(body, &view) != nil {
		return []string{"patroni: does not answer"}
	}
	var lines []string
	for _, m := range view.Members {
		lines = append(lines, fmt.Sprintf("patroni: %s is %s, %s", m.Name, m.Role, m.State))
	}
	if len(lines) == 0 {
		lines = []string{"patroni: the cluster has no members yet"}
	}
	return lines
}
