//go:build linux

package acceptance

import (
	"fmt"
	"strings"
)

var editModules = []string{"infra", "node", "etcd", "minio", "pgsql", "redis"}

// editsOf are the edits of a module, in the order in which they are made. Each begins where the one before it has ended.
func editsOf(module string) []edit {
	return map[string][]edit{"infra": infraEdits, "node": nodeEdits, "etcd": etcdEdits, "minio": minioEdits, "pgsql": pgsqlEdits, "redis": redisEditsTable}[module]
}

const network = "10.10.10." // hosts are named by what follows

var infraEdits = []edit{
	{name: "add a portal site", swap: []string{"shop: { domain: shop.pigsty,", "wiki: { domain: wiki.pigsty, endpoint: \"10.10.10.11:8081\" }\n          shop: { domain: shop.pigsty,"},
		impact: "reload", does: []string{"reload nginx 10"}, check: hostDoes("10", "grep -c wiki.pigsty /etc/nginx/conf.d/wiki.conf")},
	{name: "change the domain of a site (new names in the certificate)", swap: []string{"domain: wiki.pigsty", "domain: notes.pigsty"},
		impact: "reload", does: []string{"reload nginx 10"}, check: hostDoes("10", "echo | openssl s_client -connect 10.10.10.10:443 -servername notes.pigsty 2>/dev/null | openssl x509 -noout -text | grep notes.pigsty")},
	{name: "remove a site", swap: []string{"wiki: { domain: notes.pigsty, endpoint: \"10.10.10.11:8081\" }\n", "\n"},
		impact: "reload", does: []string{"reload nginx 10"}, check: hostDoes("10", "! test -e /etc/nginx/conf.d/wiki.conf")},
	{name: "add a DNS record", swap: []string{`"10.10.10.10 i.pigsty" ]`, `"10.10.10.10 i.pigsty", "10.10.10.99 lost.pigsty" ]`},
		impact: "none", check: hostDoes("10", "getent hosts lost.pigsty | grep 10.10.10.99")},
	{name: "remove a DNS record", swap: []string{`, "10.10.10.99 lost.pigsty"`, ""},
		impact: "none", check: hostDoes("10", "! getent hosts lost.pigsty")},
	{name: "change the port of the portal", swap: []string{"infra_portal:", "nginx_ssl_port: 8443\n        infra_portal:"},
		impact: "reload", does: []string{"reload nginx 10"}, check: hostDoes("10", "curl -sk https://10.10.10.10:8443/ >/dev/null")},
	{name: "change the port of Alertmanager", swap: []string{"infra_portal:", "alertmanager_port: 9159\n        infra_portal:"},
		impact: "gap", does: []string{"reload nginx 10", "restart prometheus-alertmanager 10", "restart vmalert 10"}, check: hostDoes("10", "curl -sf http://127.0.0.1:9159/-/ready")},
	{name: "change the scrape interval", swap: []string{"infra_portal:", "vmetrics_scrape_interval: 5s\n        vmetrics_scrape_timeout: 4s\n        infra_portal:"},
		impact: "gap", does: []string{"reload victoria-metrics 10", "restart vmalert 10"}},
	{name: "change the retention of metrics", swap: []string{"infra_portal:", "vmetrics_options: '-retentionPeriod=3d'\n        infra_portal:"},
		impact: "gap", does: []string{"restart victoria-metrics 10"}},
}

var nodeEdits = []edit{
	{name: "add an HAProxy service", swap: []string{"node_cluster: spare", "node_cluster: spare\n        haproxy_services: [ { name: web, port: 8090, servers: [ { name: one, ip: 10.10.10.11, port: 80, options: check } ] } ]"},
		impact: "reload", does: []string{"reload haproxy 13"}, check: hostDoes("13", "ss -Hltn | grep :8090")},
	{name: "change the port of the HAProxy service", swap: []string{"port: 8090", "port: 8091"},
		impact: "reload", does: []string{"reload haproxy 13"}, check: hostDoes("13", "ss -Hltn | grep :8091 && ! ss -Hltn | grep :8090")},
	{name: "remove the HAProxy service", swap: []string{"haproxy_services: [ { name: web, port: 8091, servers: [ { name: one, ip: 10.10.10.11, port: 80, options: check } ] } ]", "node_data: /data"},
		impact: "reload", does: []string{"reload haproxy 13"}, check: hostDoes("13", "! ss -Hltn | grep :8091")},
	{name: "change the password of HAProxy's page", swap: []string{"node_data: /data", "haproxy_admin_password: An0ther.Pages"},
		impact: "reload", does: []string{"reload haproxy 13"}},
	{name: "add a kernel parameter, a crontab line and an SSH key of the admin user", swap: []string{"node_cluster: spare", "node_cluster: spare\n        node_sysctl_params: { vm.swappiness: 3 }\n        node_crontab: [ '00 03 * * * root /bin/true' ]\n        node_admin_pk_list: [ 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDlhZGRlZCBieSBhIHRlc3QgYW5kIHJlbW92ZWQgbG9u who@where' ]"},
		impact: "none", check: hostDoes("13", "grep swappiness /etc/sysctl.d/90-pigsty.conf && grep /bin/true /etc/crontab && grep who@where /home/dba/.ssh/authorized_keys")},
	{name: "remove the kernel parameter, the crontab line and the SSH key", swap: []string{"\n        node_sysctl_params: { vm.swappiness: 3 }\n        node_crontab: [ '00 03 * * * root /bin/true' ]\n        node_admin_pk_list: [ 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDlhZGRlZCBieSBhIHRlc3QgYW5kIHJlbW92ZWQgbG9u who@where' ]", ""},
		impact: "none", check: hostDoes("13", "! grep swappiness /etc/sysctl.d/90-pigsty.conf && ! grep /bin/true /etc/crontab && ! grep who@where /home/dba/.ssh/authorized_keys")},
	{name: "change the NTP server", swap: []string{"node_cluster: spare", "node_cluster: spare\n        node_ntp_servers: [ 'server 10.10.10.10 iburst' ]"},
		impact: "restart", does: []string{"restart chrony 13"}},
	{name: "change the port of node_exporter", swap: []string{"node_cluster: spare", "node_cluster: spare\n        node_exporter_port: 9200"},
		impact: "gap", does: []string{"restart prometheus-node-exporter 13"}, check: hostDoes("10", "grep 10.10.10.13:9200 /infra/targets/node/10.10.10.13.yml")},
	{name: "change the port of HAProxy's page, with `pig node` alone", swap: []string{"node_cluster: spare", "node_cluster: spare\n        haproxy_exporter_port: 9201"}, command: []string{"node", "-l", "10.10.10.13"},
		does: []string{"reload haproxy 13", "reload nginx 10"}, check: hostDoes("10", "curl -sk https://10.10.10.10/haproxy/10.10.10.13/ -o /dev/null -w '%{http_code}' | grep 401")},
	{name: "add a virtual address", swap: []string{"node_cluster: spare", "node_cluster: spare\n        vip_enabled: true\n        vip_address: 10.10.10.8\n        vip_vrid: 77"},
		impact: "none", does: []string{"start keepalived 13"}, check: hostDoes("13", "ip -4 -o addr | grep 10.10.10.8")},
	{name: "change the virtual address", swap: []string{"vip_address: 10.10.10.8", "vip_address: 10.10.10.9"},
		impact: "reload", does: []string{"reload keepalived 13"}, check: hostDoes("13", "ip -4 -o addr | grep 10.10.10.9 && ! ip -4 -o addr | grep '10.10.10.8/'")},
	{name: "remove the virtual address", swap: []string{" vip_enabled: true", " vip_enabled: false"},
		impact: "reload", does: []string{"reload keepalived 13"}, check: both(hostDoes("13", "! ip -4 -o addr | grep 10.10.10.9"), hostDoes("10", "! ls /infra/targets/ping | grep -e 10.10.10.8--- -e 10.10.10.9---"))},
}

var etcdEdits = []edit{
	{name: "change a setting", swap: []string{"etcd_heartbeat_interval: 100", "etcd_heartbeat_interval: 150"},
		impact: "restart", does: []string{"restart etcd 10 11 12"}, rolls: true},
	{name: "reissue the certificate of a member", first: forget("etcd/etcd-2.crt"),
		impact: "restart", does: []string{"restart etcd 11"}},
	{name: "change the password of root", swap: []string{"etcd_cluster: etcd,", "etcd_cluster: etcd, etcd_root_password: An0ther.Root,"},
		impact: "none"},
	{name: "add a member", swap: []string{"10.10.10.12: { etcd_seq: 3 }", "10.10.10.12: { etcd_seq: 3 }\n        10.10.10.13: { etcd_seq: 4 }"},
		impact: "reload", does: []string{"start etcd 13", "reload patroni 11 12"}, check: etcdHas(4)},
	{name: "remove the member", command: []string{"etcd-rm", "10.10.10.13", "--confirm", "etcd"}, swap: []string{"etcd_cluster: etcd,", "etcd_cluster: etcd, etcd_safeguard: false,"},
		does: []string{"stop etcd 13"}, pending: true},
	{name: "delete the member from the inventory", swap: []string{"\n        10.10.10.13: { etcd_seq: 4 }", ""},
		impact: "reload", does: []string{"reload patroni 11 12"}, check: etcdHas(3)},
	{name: "change the peer port", swap: []string{"etcd_cluster: etcd,", "etcd_cluster: etcd, etcd_peer_port: 2480,"},
		impact: "restart", does: []string{"restart etcd 10 11 12"}, rolls: true, check: etcdHas(3)},
	{name: "change the client port", swap: []string{"etcd_cluster: etcd,", "etcd_cluster: etcd, etcd_port: 2479,"},
		refused: "from https://10.10.10.10:2379"},
}

var minioEdits = []edit{
	{name: "add a bucket and a user", swap: []string{"minio_cluster: minio", "minio_cluster: minio\n        minio_buckets: [ { name: pgsql }, { name: films } ]\n        minio_users: [ { access_key: viewer, secret_key: View.Films.1, policy: films } ]"},
		impact: "none"},
	{name: "change the secret key of the user", swap: []string{"View.Films.1", "View.Films.2"}, impact: "none"},
	{name: "delete the bucket from the inventory (the bucket remains)", swap: []string{", { name: films }", ""}, impact: "none", check: hostDoes("10", "ls -d /data1/films")},
	{name: "change the names in the certificate", swap: []string{"minio_cluster: minio", "minio_cluster: minio\n        minio_domain: s3.pigsty"},
		impact: "reload", does: []string{"reload minio 10 11 12"}, check: hostDoes("10", "for i in $(seq 10); do echo | openssl s_client -connect 10.10.10.10:9000 2>/dev/null | openssl x509 -noout -text | grep s3.pigsty && exit; sleep 1; done; exit 1")},
	{name: "change the secret key of the root user", swap: []string{"minio_cluster: minio", "minio_cluster: minio\n        minio_secret_key: An0ther.Root"},
		impact: "restart", does: []string{"restart minio 10 11 12"}},
	{name: "change a limit of the server", swap: []string{"minio_cluster: minio", "minio_cluster: minio\n        minio_extra_vars: 'MINIO_API_REQUESTS_MAX=500'"},
		impact: "restart", does: []string{"restart minio 10 11 12"}},
	{name: "add a node to the pool", swap: []string{"10.10.10.12: { minio_seq: 3 }", "10.10.10.12: { minio_seq: 3 }\n        10.10.10.13: { minio_seq: 4, minio_data: '/data{1...6}' }"},
		refused: "the drives of a pool cannot change"},
	{name: "add a node as another pool", swap: []string{"10.10.10.12: { minio_seq: 3 }", "10.10.10.12: { minio_seq: 3 }\n        10.10.10.13: { minio_seq: 4, minio_data: '/data{1...6}' }",
		"minio_cluster: minio", "minio_cluster: minio\n        minio_volumes: 'https://minio-{1...3}.pigsty:9000/data{1...2} https://minio-4.pigsty:9000/data{1...6}'"},
		impact: "restart", does: []string{"restart minio 10 11 12", "start minio 13"}},
	{name: "change the port", swap: []string{"minio_cluster: minio", "minio_cluster: minio\n        minio_port: 9010", ":9000/data{1...2} https://minio-4.pigsty:9000", ":9010/data{1...2} https://minio-4.pigsty:9010"},
		impact: "restart", does: []string{"restart minio 10 11 12 13"}, check: hostDoes("10", "curl -skf https://10.10.10.10:9010/minio/health/cluster")},
}

var pgsqlEdits = []edit{
	{name: "add a user", swap: []string{"pgbouncer: true, roles: [ dbrole_admin ] }", "pgbouncer: true, roles: [ dbrole_admin ] }\n          - { name: reader, password: Reader.1, pgbouncer: true, roles: [ dbrole_readonly ] }"},
		impact: "reload", does: []string{"reload pgbouncer 11 12"}},
	{name: "change the password of the user", swap: []string{"Reader.1", "Reader.2"},
		impact: "reload", does: []string{"reload pgbouncer 11 12"}, check: hostDoes("10", "PGPASSWORD=Reader.2 psql -XAtq -h 10.10.10.12 -p 5433 -U reader -d test -c 'select 1'")},
	{name: "change the PgBouncer connection limit of the user", swap: []string{"Reader.2, pgbouncer: true,", "Reader.2, pgbouncer: true, pool_connlimit: 5,"},
		impact: "reload", does: []string{"reload pgbouncer 11 12"}},
	{name: "add a database", swap: []string{"- { name: test }", "- { name: test }\n          - { name: shop }"},
		impact: "reload", does: []string{"reload pgbouncer 11 12"}},
	{name: "change the pool size of the database", swap: []string{"- { name: shop }", "- { name: shop, pool_size: 7 }"},
		impact: "reload", does: []string{"reload pgbouncer 11 12"}},
	{name: "change the connection limit of the database", swap: []string{"- { name: shop,", "- { name: shop, connlimit: 9,"}, impact: "none"},
	{name: "add an HBA rule", swap: []string{"pg_hba_rules: []", "pg_hba_rules: [ { user: all, db: test, addr: 10.9.9.9/32, auth: pwd, title: a rule } ]"},
		impact: "reload", does: []string{"reload patroni 11 12"}, check: hostDoes("12", "grep 10.9.9.9 /pg/data/pg_hba.conf")},
	{name: "remove the HBA rule", swap: []string{"pg_hba_rules: [ { user: all, db: test, addr: 10.9.9.9/32, auth: pwd, title: a rule } ]", "pg_hba_rules: []"},
		impact: "reload", does: []string{"reload patroni 11 12"}, check: hostDoes("12", "! grep 10.9.9.9 /pg/data/pg_hba.conf")},
	{name: "add a service", swap: []string{"pg_services: []", "pg_services: [ { name: extra, port: 5440, selector: '[]', check: /replica } ]"},
		impact: "reload", does: []string{"reload haproxy 11 12"}},
	{name: "change the port of the service", swap: []string{"port: 5440", "port: 5441"},
		impact: "reload", does: []string{"reload haproxy 11 12"}, check: hostDoes("11", "ss -Hltn | grep :5441 && ! ss -Hltn | grep :5440")},
	{name: "remove the service", swap: []string{"pg_services: [ { name: extra, port: 5441, selector: '[]', check: /replica } ]", "pg_services: []"},
		impact: "reload", does: []string{"reload haproxy 11 12"}},
	{name: "add a crontab line", swap: []string{"pg_services: []", "pg_services: []\n        pg_crontab: [ '00 01 * * * /pg/bin/pg-backup full' ]"}, impact: "none"},
	{name: "change a setting that requires a reload", swap: []string{"pg_parameters: {}", "pg_parameters: { work_mem: 20MB }"},
		impact: "reload", check: hostDoes("12", `su postgres -c "psql -XAtqc 'show work_mem'" | grep 20MB`)},
	{name: "increase max_connections", swap: []string{"work_mem: 20MB }", "work_mem: 20MB, max_connections: 260 }"},
		impact: "failover", does: []string{"failover pg-test", "restart postgres 11 12"}},
	{name: "decrease max_connections (the leader restarts first)", swap: []string{"max_connections: 260", "max_connections: 220"},
		impact: "restart", does: []string{"restart postgres 11 12"}},
	{name: "change the password of the monitoring user", swap: []string{"pg_safeguard: false", "pg_safeguard: false\n        pg_monitor_password: An0ther.Monitor"},
		impact: "gap", does: []string{"reload pgbouncer 11 12", "restart prometheus-postgres-exporter 11 12", "restart prometheus-pgbouncer-exporter 11 12"},
		check: hostDoes("10", "curl -s --cacert /etc/pki/ca.crt --cert /etc/pki/infra.crt --key /etc/pki/infra.key https://10.10.10.12:9630/metrics | grep '^pg_up 1'")},
	{name: "change the replication password", swap: []string{"pg_safeguard: false", "pg_safeguard: false\n        pg_replication_password: An0ther.Replicator"},
		impact: "reload", does: []string{"reload patroni 11 12"}, check: streams},
	{name: "change the password of Patroni's REST API and a setting", swap: []string{"pg_safeguard: false", "pg_safeguard: false\n        patroni_password: An0ther.Patroni", "work_mem: 20MB", "work_mem: 21MB"},
		impact: "reload", does: []string{"reload patroni 11 12"}},
	{name: "change the port of Patroni's REST API", swap: []string{"pg_safeguard: false", "pg_safeguard: false\n        patroni_port: 8108"},
		impact: "reload", does: []string{"reload patroni 11 12", "reload haproxy 11 12", "reload keepalived 11 12"}, check: writes},
	{name: "change the port of PgBouncer", swap: []string{"pg_safeguard: false", "pg_safeguard: false\n        pgbouncer_port: 6442"},
		impact: "restart", does: []string{"restart pgbouncer 11 12", "reload haproxy 11 12", "restart prometheus-pgbouncer-exporter 11 12"}, check: writes},
	{name: "change the port of PostgreSQL", swap: []string{"pg_safeguard: false", "pg_safeguard: false\n        pg_port: 5442"},
		impact: "failover", does: []string{"reload patroni 11 12", "failover pg-test", "restart postgres 11 12", "reload pgbouncer 11 12", "reload haproxy 11 12", "restart prometheus-postgres-exporter 11 12"}, check: writes},
	{name: "change the virtual address (also in the certificates)", swap: []string{"pg_vip_address: 10.10.10.3/24", "pg_vip_address: 10.10.10.5/24"},
		impact: "reload", does: []string{"reload patroni 11 12", "reload keepalived 11 12"}, check: hostDoes("10", "! ls /infra/targets/ping | grep 10.10.10.3---")},
	{name: "add a member", swap: []string{"10.10.10.12: { pg_seq: 2, pg_role: replica }", "10.10.10.12: { pg_seq: 2, pg_role: replica }\n        10.10.10.13: { pg_seq: 3, pg_role: replica }"},
		impact: "reload", does: []string{"reload haproxy 11 12 13", "reload keepalived 11 12 13", "reload patroni 11 12", "start patroni 13", "start pgbouncer 13", "start prometheus-postgres-exporter 13", "start prometheus-pgbouncer-exporter 13"}, check: streams},
	{name: "remove the member", command: []string{"pgsql-rm", "pg-test", "10.10.10.13", "--confirm", "pg-test"}, pending: true,
		does: []string{"reload haproxy 13", "reload keepalived 13", "stop patroni 13", "stop pgbouncer 13", "stop prometheus-postgres-exporter 13", "stop prometheus-pgbouncer-exporter 13"}},
	{name: "delete the member from the inventory", swap: []string{"\n        10.10.10.13: { pg_seq: 3, pg_role: replica }", ""},
		impact: "reload", does: []string{"reload haproxy 11 12", "reload keepalived 11 12", "reload patroni 11 12"}},
}

var redisEditsTable = []edit{
	{name: "change the memory limit", swap: []string{"redis_max_memory: 64MB", "redis_max_memory: 48MB"}, impact: "reload"},
	{name: "change the password", swap: []string{"redis_password: 'redis.ms'", "redis_password: 'redis.ms2'", "password: redis.ms,", "password: redis.ms2,"},
		impact: "gap", does: []string{"restart redis_exporter 11 12"}, check: hostDoes("10", "REDISCLI_AUTH=redis.ms2 redis-cli -h 10.10.10.12 info replication | grep master_link_status:up || REDISCLI_AUTH=redis.ms2 redis-cli -h 10.10.10.11 info replication | grep master_link_status:up")},
	{name: "change the password of the sentinels", swap: []string{"redis_password: 'redis.meta'", "redis_password: 'redis.meta2'"},
		impact: "restart", does: []string{"restart redis_exporter 10", "restart redis-meta-1-26379 10", "restart redis-meta-1-26380 10", "restart redis-meta-1-26381 10"}, rolls: true},
	{name: "change the quorum of the sentinels", swap: []string{"quorum: 2", "quorum: 1"}, impact: "none"},
	{name: "change the port of the exporter", swap: []string{"redis_cluster: redis-ms,", "redis_cluster: redis-ms, redis_exporter_port: 9221,"},
		impact: "gap", does: []string{"restart redis_exporter 11 12"}, check: hostDoes("10", "grep 10.10.10.12:9221 /infra/targets/redis/redis-ms-2.yml")},
	{name: "rename a command", swap: []string{"redis_cluster: redis-ms,", "redis_cluster: redis-ms, redis_rename_commands: { FLUSHALL: '' },"},
		impact: "failover", does: []string{"failover redis-ms", "restart redis-ms-1-6379 11", "restart redis-ms-2-6379 12"}, rolls: true},
	{name: "add an instance", swap: []string{"6379: { replica_of: '10.10.10.11 6379' }", "6379: { replica_of: '10.10.10.11 6379' }, 6380: { replica_of: '10.10.10.11 6379' }"},
		impact: "gap", does: []string{"start redis-ms-2-6380 12", "restart redis_exporter 12"}},
	{name: "remove the instance", command: []string{"redis-rm", "redis-ms-2-6380", "--confirm", "redis-ms"}, does: []string{"stop redis-ms-2-6380 12", "restart redis_exporter 12"}, pending: true},
	{name: "delete the instance from the inventory", swap: []string{", 6380: { replica_of: '10.10.10.11 6379' }", ""}, impact: "none"},
}

// hostDoes wants a command to succeed on a host.
func hostDoes(host, script string) func(*lab) error {
	return func(l *lab) error {
		if out, code := l.try(network+host, "sh", "-c", script); code != 0 {
			return fmt.Errorf("%s: %s: exit status %d: %s", host, script, code, out)
		}
		return nil
	}
}

func both(one, other func(*lab) error) func(*lab) error {
	return func(l *lab) error {
		if err := one(l); err != nil {
			return err
		}
		return other(l)
	}
}

// etcdHas wants so many members that have started.
func etcdHas(n int) func(*lab) error {
	return func(l *lab) error {
		out, _ := l.try("10.10.10.10", "sh", "-c", ". /etc/profile.d/etcdctl.sh; ETCDCTL_USER=root:An0ther.Root etcdctl member list")
		if got := strings.Count(out, ", started, "); got != n {
			return fmt.Errorf("%d of %d members: %s", got, n, out)
		}
		return nil
	}
}

// streams wants a replica of pg-test to get what its leader writes.
func streams(l *lab) error {
	leader := strings.TrimPrefix(l.look()["leader pg-test"], network)
	return hostDoes(leader, `. /etc/profile.d/pgsql.sh; runuser -u postgres -- psql -XAtqc "select state from pg_stat_replication" postgres | grep streaming`)(l)
}

// writes wants the service of the primary to take a write through both of the members' nodes.
func writes(l *lab) error {
	for _, host := range []string{"11", "12"} {
		if err := hostDoes("10", "PGPASSWORD=DBUser.Test PGCONNECT_TIMEOUT=3 psql -XAtq -h 10.10.10."+host+" -p 5433 -U test -d test -c 'create table if not exists written(n int); insert into written values (1)'")(l); err != nil {
			return err
		}
	}
	return nil
}
