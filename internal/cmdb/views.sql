-- The views that Pigsty's inventory script and dashboards read, with the names and columns that they expect. A value that has not the expected form
-- is NULL in its column, and no view fails for it.

CREATE OR REPLACE FUNCTION pigsty.as_int(word text) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN word ~ '^\s*[-+]?[0-9]{1,9}\s*$' THEN word::integer END $$;
CREATE OR REPLACE FUNCTION pigsty.as_bool(word text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN lower(word) IN ('true', 'yes', 'on', 'y', 't', '1') THEN true WHEN lower(word) IN ('false', 'no', 'off', 'n', 'f', '0') THEN false END $$;
CREATE OR REPLACE FUNCTION pigsty.as_inet(word text) RETURNS inet LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RETURN word::inet; EXCEPTION WHEN invalid_text_representation THEN RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION pigsty.as_date(word text) RETURNS date LANGUAGE plpgsql STABLE AS
$$ BEGIN RETURN word::date; EXCEPTION WHEN data_exception THEN RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION pigsty.as_role(word text) RETURNS pigsty.pg_role LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN word = ANY (enum_range(NULL::pigsty.pg_role)::text[]) THEN word::pigsty.pg_role END $$;
CREATE OR REPLACE FUNCTION pigsty.as_list(v jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE jsonb_typeof(v) WHEN 'array' THEN v ELSE '[]'::jsonb END $$;
CREATE OR REPLACE FUNCTION pigsty.as_map(v jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE jsonb_typeof(v) WHEN 'object' THEN v ELSE '{}'::jsonb END $$;

DO $$ BEGIN
	CREATE AGGREGATE pigsty.vars_agg(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');
EXCEPTION WHEN duplicate_function THEN NULL; END $$;

-- ranked orders groups as Ansible does: by depth, priority and name. What comes later overrides.
CREATE OR REPLACE VIEW pigsty.ranked AS
WITH RECURSIVE below (cls, depth) AS (
	SELECT g.cls, 1 FROM pigsty.group g WHERE g.cls <> 'all'
	UNION
	SELECT c.child, b.depth + 1 FROM below b JOIN pigsty.group_child c USING (cls) WHERE b.depth < 100
)
SELECT b.cls, row_number() OVER (ORDER BY max(b.depth), coalesce(max(pigsty.as_int(p.value #>> '{}')), 1), b.cls COLLATE "C") AS rank
FROM below b LEFT JOIN pigsty.group_var p ON p.cls = b.cls AND p.key = 'ansible_group_priority' GROUP BY b.cls;

CREATE OR REPLACE VIEW pigsty.member AS
WITH RECURSIVE up (name, cls) AS (
	SELECT name, cls FROM pigsty.host
	UNION
	SELECT u.name, c.cls FROM up u JOIN pigsty.group_child c ON c.child = u.cls
)
SELECT name, cls FROM up WHERE cls <> 'all';

CREATE OR REPLACE VIEW pigsty.group_config AS
SELECT g.cls, h.hosts, v.vars
FROM pigsty.group g
LEFT JOIN (
	SELECT h.cls, jsonb_object_agg(h.name, coalesce(v.vars, '{}')) AS hosts
	FROM pigsty.host h LEFT JOIN (SELECT cls, name, jsonb_object_agg(key, value) AS vars FROM pigsty.host_var GROUP BY cls, name) v USING (cls, name)
	GROUP BY h.cls
) h USING (cls)
LEFT JOIN (SELECT cls, jsonb_object_agg(key, value) AS vars FROM pigsty.group_var GROUP BY cls) v USING (cls);

-- host_config is what groups and the host itself set, without the global variables.
CREATE OR REPLACE VIEW pigsty.host_config AS
SELECT pigsty.as_inet(h.name) AS ip, h.groups, coalesce(g.vars, '{}') || coalesce(o.vars, '{}') AS vars, h.name
FROM (SELECT name, array_agg(cls ORDER BY cls) AS groups FROM pigsty.host GROUP BY name) h
LEFT JOIN (
	SELECT m.name, pigsty.vars_agg(v.vars ORDER BY r.rank) AS vars
	FROM pigsty.member m JOIN pigsty.ranked r USING (cls)
	JOIN (SELECT cls, jsonb_object_agg(key, value) AS vars FROM pigsty.group_var WHERE key <> 'ansible_group_priority' GROUP BY cls) v USING (cls)
	GROUP BY m.name
) g USING (name)
LEFT JOIN (
	SELECT name, pigsty.vars_agg(jsonb_build_object(key, value) ORDER BY seq) AS vars FROM pigsty.host_var GROUP BY name
) o USING (name);

CREATE OR REPLACE VIEW pigsty.global_config AS
SELECT coalesce(g.key, d.key) AS key, coalesce(g.value, d.value) AS value,
	CASE WHEN g.key IS NULL THEN 'default'::pigsty.var_level ELSE 'global'::pigsty.var_level END AS level
FROM pigsty.default_var d FULL JOIN pigsty.global_var g ON d.key = g.key;

CREATE OR REPLACE FUNCTION pigsty.get_param(_in text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT value #>> '{}' FROM pigsty.global_config WHERE key = _in LIMIT 1 $$;

CREATE OR REPLACE VIEW pigsty.raw_config AS
SELECT jsonb_build_object('all', jsonb_strip_nulls(jsonb_build_object('hosts', (SELECT hosts FROM pigsty.group_config WHERE cls = 'all'))) || jsonb_build_object(
	'children', coalesce((
		SELECT jsonb_object_agg(c.cls, jsonb_build_object('hosts', coalesce(c.hosts, '{}'), 'vars', coalesce(c.vars, '{}'))
			|| CASE WHEN k.children IS NULL THEN '{}' ELSE jsonb_build_object('children', k.children) END)
		FROM pigsty.group_config c
		LEFT JOIN (SELECT cls, jsonb_object_agg(child, '{}'::jsonb) AS children FROM pigsty.group_child GROUP BY cls) k USING (cls)
		WHERE c.cls <> 'all'), '{}'),
	'vars', coalesce((SELECT jsonb_object_agg(key, value) FROM pigsty.global_var), '{}'))) AS jsonb_build_object;

CREATE OR REPLACE VIEW pigsty.inventory AS
SELECT jsonb_build_object('all', jsonb_build_object('children', coalesce((
			SELECT jsonb_agg(g.cls ORDER BY g.seq) FROM pigsty.group g
			WHERE g.cls <> 'all' AND NOT EXISTS (SELECT FROM pigsty.group_child c WHERE c.child = g.cls AND c.cls <> 'all')), '[]'))
		|| coalesce((SELECT jsonb_build_object('hosts', jsonb_agg(name ORDER BY seq)) FROM pigsty.host WHERE cls = 'all' HAVING count(*) > 0), '{}'))
	|| coalesce((
		SELECT jsonb_object_agg(g.cls, jsonb_build_object('hosts', coalesce(h.hosts, '[]')) || CASE WHEN k.children IS NULL THEN '{}' ELSE jsonb_build_object('children', k.children) END)
		FROM pigsty.group g
		LEFT JOIN (SELECT cls, jsonb_agg(name ORDER BY seq) AS hosts FROM pigsty.host GROUP BY cls) h USING (cls)
		LEFT JOIN (SELECT cls, jsonb_agg(child ORDER BY seq) AS children FROM pigsty.group_child GROUP BY cls) k USING (cls)
		WHERE g.cls <> 'all'), '{}')
	|| jsonb_build_object('_meta', jsonb_build_object('hostvars', coalesce((
		SELECT jsonb_object_agg(name, coalesce((SELECT jsonb_object_agg(key, value) FROM pigsty.global_var), '{}') || vars) FROM pigsty.host_config), '{}'))) AS text;

CREATE OR REPLACE VIEW pigsty.parameters AS
SELECT id AS "ID", format('[`%s`](#%s)', key, key) AS "Name", format('[`%s`](#%s)', module, lower(module)) AS "Module",
	format('[`%s`](#%s)', section, lower(section)) AS "Section", type AS "Type", level AS "Level", summary AS "Comment"
FROM pigsty.default_var ORDER BY id;

CREATE OR REPLACE VIEW pigsty.pg_cluster AS
SELECT c.cls, c.vars ->> 'pg_cluster' AS name, c.hosts, c.vars,
	pigsty.as_list(c.vars -> 'pg_databases') AS pg_databases,
	pigsty.as_list(c.vars -> 'pg_users') AS pg_users,
	pigsty.as_list(e.all -> 'pg_services') || pigsty.as_list(e.all -> 'pg_default_services') AS pg_services,
	pigsty.as_list(e.all -> 'pg_hba_rules') || pigsty.as_list(e.all -> 'pg_default_hba_rules') AS pg_hba,
	pigsty.as_list(e.all -> 'pgb_hba_rules') || pigsty.as_list(e.all -> 'pgb_default_hba_rules') AS pgbouncer_hba
FROM pigsty.group_config c,
	(SELECT coalesce(jsonb_object_agg(key, value), '{}') AS vars FROM pigsty.global_config WHERE key ~ '_services$' OR key ~ '_hba_rules$') g,
	LATERAL (SELECT g.vars || c.vars AS all) e
WHERE c.vars ? 'pg_cluster';

CREATE OR REPLACE VIEW pigsty.pg_instance AS
SELECT cls, key AS ip, cls || '-' || (value ->> 'pg_seq') AS ins, pigsty.as_int(value ->> 'pg_seq') AS seq, pigsty.as_role(value ->> 'pg_role') AS role,
	coalesce(pigsty.as_bool(value ->> 'pg_offline_query'), false) AS offline_query, coalesce(pigsty.as_int(value ->> 'pg_weight'), 100) AS weight,
	pigsty.as_inet(value ->> 'pg_upstream') AS upstream, value AS instance
FROM pigsty.pg_cluster, jsonb_each(coalesce(hosts, '{}')) ORDER BY 1, 4;

CREATE OR REPLACE VIEW pigsty.pg_service AS
SELECT cls, cls || '-' || (value ->> 'name') AS svc, value ->> 'name' AS name, value ->> 'ip' AS src_ip, value ->> 'port' AS src_port, value ->> 'dest' AS dst_port,
	value ->> 'check' AS check_url, value ->> 'selector' AS selector, value ->> 'backup' AS selector_backup, pigsty.as_int(value ->> 'maxconn') AS maxconn,
	value ->> 'balance' AS balance, value ->> 'options' AS options, value AS service
FROM pigsty.pg_cluster, jsonb_array_elements(pg_services) ORDER BY 1, 3;

CREATE OR REPLACE VIEW pigsty.pg_database AS
SELECT cls, coalesce(value ->> 'name', CASE jsonb_typeof(value) WHEN 'string' THEN value #>> '{}' END) AS datname,
	CASE WHEN value ->> 'state' IN ('create', 'recreate', 'absent') THEN (value ->> 'state')::pigsty.db_state ELSE 'create' END AS state,
	value ->> 'owner' AS owner, value ->> 'template' AS template, value ->> 'encoding' AS encoding, value ->> 'locale' AS locale, value ->> 'lc_collate' AS lc_collate,
	value ->> 'lc_ctype' AS lc_ctype, value ->> 'locale_provider' AS locale_provider, value ->> 'icu_locale' AS icu_locale, value ->> 'icu_rules' AS icu_rules,
	value ->> 'builtin_locale' AS builtin_locale, coalesce(pigsty.as_bool(value ->> 'is_template'), false) AS is_template, value ->> 'strategy' AS strategy,
	coalesce(pigsty.as_bool(value ->> 'allowconn'), true) AS allowconn, coalesce(pigsty.as_bool(value ->> 'revokeconn'), false) AS revokeconn,
	value ->> 'tablespace' AS tablespace, coalesce(pigsty.as_int(value ->> 'connlimit'), -1) AS connlimit, coalesce(pigsty.as_bool(value ->> 'pgbouncer'), true) AS pgbouncer,
	coalesce(value ->> 'comment', '') AS comment, pigsty.as_list(value -> 'schemas') AS schemas, pigsty.as_list(value -> 'extensions') AS extensions,
	pigsty.as_map(value -> 'parameters') AS parameters, value ->> 'baseline' AS baseline, value ->> 'pool_mode' AS pool_mode,
	pigsty.as_int(value ->> 'pool_size') AS pool_size, pigsty.as_int(value ->> 'pool_size_min') AS pool_size_min, pigsty.as_int(value ->> 'pool_reserve') AS pool_reserve,
	pigsty.as_int(value ->> 'pool_connlimit') AS pool_connlimit, value ->> 'pool_auth_user' AS pool_auth_user, value AS database
FROM pigsty.pg_cluster, jsonb_array_elements(pg_databases);

CREATE OR REPLACE VIEW pigsty.pg_users AS
SELECT cls, u ->> 'name' AS name, CASE WHEN u ->> 'state' IN ('create', 'absent') THEN (u ->> 'state')::pigsty.user_state ELSE 'create' END AS state,
	CASE jsonb_typeof(u -> 'password') WHEN 'string' THEN u ->> 'password' END AS password, starts_with(u ->> 'password', 'md5') AS is_md5pwd,
	coalesce(pigsty.as_bool(u ->> 'login'), true) AS login, coalesce(pigsty.as_bool(u ->> 'superuser'), false) AS superuser,
	coalesce(pigsty.as_bool(u ->> 'createdb'), false) AS createdb, coalesce(pigsty.as_bool(u ->> 'createrole'), false) AS createrole,
	coalesce(pigsty.as_bool(u ->> 'inherit'), false) AS inherit, coalesce(pigsty.as_bool(u ->> 'replication'), false) AS replication,
	coalesce(pigsty.as_bool(u ->> 'bypassrls'), false) AS bypassrls, coalesce(pigsty.as_bool(u ->> 'pgbouncer'), false) AS pgbouncer,
	coalesce(pigsty.as_int(u ->> 'connlimit'), -1) AS connlimit, pigsty.as_int(u ->> 'expire_in') AS expire_in, pigsty.as_date(u ->> 'expire_at') AS expire_at,
	u ->> 'comment' AS comment, u -> 'roles' AS roles, u -> 'parameters' AS parameters, u ->> 'pool_auth_user' AS pool_auth_user, u ->> 'pool_mode' AS pool_mode,
	pigsty.as_int(u ->> 'pool_size') AS pool_size, pigsty.as_int(u ->> 'pool_size_min') AS pool_size_min, pigsty.as_int(u ->> 'pool_reserve') AS pool_reserve,
	pigsty.as_int(u ->> 'pool_connlimit') AS pool_connlimit, u AS "user"
FROM pigsty.pg_cluster, jsonb_array_elements(pg_users) AS u;

CREATE OR REPLACE VIEW pigsty.pg_hba AS
SELECT cls, hba ->> 'title' AS title, pigsty.as_role(hba ->> 'role') AS pg_role, hba -> 'rules' AS rules, hba ->> 'user' AS "user", hba ->> 'db' AS db, hba ->> 'addr' AS addr, hba ->> 'auth' AS auth, hba
FROM pigsty.pg_cluster, jsonb_array_elements(pg_hba) AS hba;

CREATE OR REPLACE VIEW pigsty.pgb_hba AS
SELECT cls, hba ->> 'title' AS title, pigsty.as_role(hba ->> 'role') AS pg_role, hba -> 'rules' AS rules, hba ->> 'user' AS "user", hba ->> 'db' AS db, hba ->> 'addr' AS addr, hba ->> 'auth' AS auth, hba
FROM pigsty.pg_cluster, jsonb_array_elements(pgbouncer_hba) AS hba;

CREATE OR REPLACE VIEW pigsty.pg_remote AS
SELECT p.key AS local_port, p.value ->> 'pg_cluster' AS cls, pigsty.as_int(p.value ->> 'pg_seq') AS seq, p.value ->> 'pg_host' AS host,
	pigsty.as_int(coalesce(p.value ->> 'pg_port', c.vars ->> 'pg_port')) AS port, p.value AS ins_var, c.vars AS cls_var
FROM pigsty.group_var v JOIN pigsty.group_config c USING (cls), jsonb_each(pigsty.as_map(v.value)) p WHERE v.key = 'pg_exporters';

CREATE OR REPLACE VIEW pigsty.redis_cluster AS
SELECT c.cls, c.vars ->> 'redis_cluster' AS name, coalesce(e.all ->> 'redis_mode', 'standalone') AS mode, coalesce(e.all ->> 'redis_conf', 'redis.conf') AS conf,
	coalesce(e.all ->> 'redis_max_memory', '1GB') AS max_memory, coalesce(e.all ->> 'redis_mem_policy', 'allkeys-lru') AS mem_policy,
	CASE jsonb_typeof(e.all -> 'redis_password') WHEN 'string' THEN e.all ->> 'redis_password' END AS password, c.hosts, c.vars
FROM pigsty.group_config c, (SELECT coalesce(jsonb_object_agg(key, value), '{}') AS vars FROM pigsty.global_config WHERE key ~ '^redis') g, LATERAL (SELECT g.vars || c.vars AS all) e
WHERE c.vars ? 'redis_cluster';

CREATE OR REPLACE VIEW pigsty.redis_node AS
SELECT name AS cls, r.mode, key AS ip, cls || '-' || (value ->> 'redis_node') AS redis_node, pigsty.as_int(value ->> 'redis_node') AS node_id, pigsty.as_map(value -> 'redis_instances') AS instances
FROM pigsty.redis_cluster r, jsonb_each(coalesce(hosts, '{}')) ORDER BY 1, 4;

CREATE OR REPLACE VIEW pigsty.redis_instance AS
SELECT cls, mode, ip, redis_node, node_id, pigsty.as_int(key) AS port, redis_node || '-' || key AS ins, value ->> 'replica_of' AS replica_of, value AS instance
FROM pigsty.redis_node, jsonb_each(instances) ORDER BY cls, node_id, port;

CREATE OR REPLACE VIEW pigsty.minio_cluster AS
SELECT c.cls, c.vars ->> 'minio_cluster' AS name, pigsty.as_int(e.all ->> 'minio_port') AS port, pigsty.as_int(e.all ->> 'minio_admin_port') AS admin_port,
	e.all ->> 'minio_user' AS os_user, e.all ->> 'minio_node' AS node, e.all ->> 'minio_data' AS data, c.hosts, c.vars
FROM pigsty.group_config c, (SELECT coalesce(jsonb_object_agg(key, value), '{}') AS vars FROM pigsty.global_config WHERE key ~ '^minio') g, LATERAL (SELECT g.vars || c.vars AS all) e
WHERE c.vars ? 'minio_cluster';

CREATE OR REPLACE VIEW pigsty.minio_instance AS
SELECT cls, key AS ip, cls || '-' || (value ->> 'minio_seq') AS ins, pigsty.as_int(value ->> 'minio_seq') AS seq,
	replace(replace(node, '${minio_cluster}', cls), '${minio_seq}', value ->> 'minio_seq') AS nodename, data, value AS instance
FROM pigsty.minio_cluster, jsonb_each(coalesce(hosts, '{}')) ORDER BY 1, 4;

CREATE OR REPLACE VIEW pigsty.etcd_cluster AS
SELECT c.cls, c.vars ->> 'etcd_cluster' AS name, pigsty.as_int(e.all ->> 'etcd_port') AS port, pigsty.as_int(e.all ->> 'etcd_peer_port') AS peer_port, e.all ->> 'etcd_data' AS data_dir,
	pigsty.as_bool(e.all ->> 'etcd_clean') AS clean, pigsty.as_bool(e.all ->> 'etcd_safeguard') AS safeguard, h.size, ceil(h.size / 2.0) AS quorum, c.hosts, c.vars
FROM pigsty.group_config c, (SELECT coalesce(jsonb_object_agg(key, value), '{}') AS vars FROM pigsty.global_config WHERE key ~ '^etcd') g, LATERAL (SELECT g.vars || c.vars AS all) e,
	LATERAL (SELECT count(*) AS size FROM pigsty.host WHERE host.cls = c.cls) h
WHERE c.vars ? 'etcd_cluster';

CREATE OR REPLACE VIEW pigsty.etcd_instance AS
SELECT cls, key AS ip, cls || '-' || (value ->> 'etcd_seq') AS ins, pigsty.as_int(value ->> 'etcd_seq') AS seq, value AS instance
FROM pigsty.etcd_cluster, jsonb_each(coalesce(hosts, '{}')) ORDER BY 1, 4;

-- Who changed what, for people.
CREATE OR REPLACE VIEW pigsty.history AS
SELECT v.id AS version, v.time, v.author, v.role, v.kind, v.reason, c.action, c.what, c.cls, c.host, c.key, c.before, c.after
FROM pigsty.version v LEFT JOIN pigsty.change c ON c.version = v.id ORDER BY v.id, c.n;
