-- The inventory as tables. Tables and views have the names and columns of Pigsty's CMDB, so that its inventory script and its dashboards read them;
-- columns of pig's own stand behind those. The file may be run again at any time: nothing in it deletes a row.

CREATE SCHEMA IF NOT EXISTS pigsty;
COMMENT ON SCHEMA pigsty IS 'The inventory of pig: see pig cmdb --help.';

DO $$ BEGIN
	CREATE TYPE pigsty.pg_role AS ENUM ('unknown', 'primary', 'replica', 'offline', 'standby', 'delayed', 'common');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
	CREATE TYPE pigsty.var_level AS ENUM ('default', 'global', 'group', 'host', 'ins', 'arg');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
	CREATE TYPE pigsty.db_state AS ENUM ('create', 'recreate', 'absent');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
	CREATE TYPE pigsty.user_state AS ENUM ('create', 'absent');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;

-- What this database is: an id for notes on other machines, and the number of this file's form.
CREATE TABLE IF NOT EXISTS pigsty.cmdb (
	one    boolean PRIMARY KEY DEFAULT true CHECK (one),
	id     uuid    NOT NULL DEFAULT gen_random_uuid(),
	schema integer NOT NULL
);
INSERT INTO pigsty.cmdb (schema) VALUES (1) ON CONFLICT (one) DO UPDATE SET schema = excluded.schema WHERE pigsty.cmdb.schema < excluded.schema;

CREATE SEQUENCE IF NOT EXISTS pigsty.place;

CREATE TABLE IF NOT EXISTS pigsty.group (
	cls     text        PRIMARY KEY CHECK (cls <> ''),
	ctime   timestamptz NOT NULL DEFAULT now(),
	mtime   timestamptz NOT NULL DEFAULT now(),
	seq     bigint      NOT NULL DEFAULT nextval('pigsty.place'),
	comment text
);

CREATE TABLE IF NOT EXISTS pigsty.group_child (
	cls   text   NOT NULL REFERENCES pigsty.group ON DELETE CASCADE ON UPDATE CASCADE,
	child text   NOT NULL REFERENCES pigsty.group ON DELETE CASCADE ON UPDATE CASCADE,
	seq   bigint NOT NULL DEFAULT nextval('pigsty.place'),
	PRIMARY KEY (cls, child),
	CHECK (cls <> child AND child <> 'all')
);

-- A host has a name; ip is the name where that is an address.
CREATE TABLE IF NOT EXISTS pigsty.host (
	cls     text        NOT NULL REFERENCES pigsty.group ON DELETE CASCADE ON UPDATE CASCADE,
	ip      inet,
	ctime   timestamptz NOT NULL DEFAULT now(),
	mtime   timestamptz NOT NULL DEFAULT now(),
	name    text        NOT NULL CHECK (name <> ''),
	seq     bigint      NOT NULL DEFAULT nextval('pigsty.place'),
	comment text,
	PRIMARY KEY (cls, name),
	UNIQUE (cls, ip)
);

CREATE TABLE IF NOT EXISTS pigsty.default_var (
	id      integer NOT NULL,
	key     text    PRIMARY KEY CHECK (key <> ''),
	value   jsonb,
	module  text    NOT NULL,
	section text    NOT NULL,
	type    text    NOT NULL,
	level   text    NOT NULL,
	summary text    NOT NULL,
	detail  text,
	rule    jsonb
);
ALTER TABLE pigsty.default_var ADD COLUMN IF NOT EXISTS secret boolean NOT NULL DEFAULT false;

CREATE TABLE IF NOT EXISTS pigsty.package_map (
	key   text PRIMARY KEY,
	value text NOT NULL
);

-- written is the value with the order of keys that the file has: it counts as long as it is the value.
CREATE TABLE IF NOT EXISTS pigsty.global_var (
	key     text PRIMARY KEY CHECK (key <> ''),
	value   jsonb,
	mtime   timestamptz DEFAULT now(),
	seq     bigint NOT NULL DEFAULT nextval('pigsty.place'),
	comment text,
	written json
);

CREATE TABLE IF NOT EXISTS pigsty.group_var (
	cls     text NOT NULL REFERENCES pigsty.group ON DELETE CASCADE ON UPDATE CASCADE,
	key     text NOT NULL CHECK (key <> ''),
	value   jsonb,
	mtime   timestamptz DEFAULT now(),
	seq     bigint NOT NULL DEFAULT nextval('pigsty.place'),
	comment text,
	written json,
	PRIMARY KEY (cls, key)
);

CREATE TABLE IF NOT EXISTS pigsty.host_var (
	cls     text NOT NULL,
	ip      inet,
	key     text NOT NULL CHECK (key <> ''),
	value   jsonb,
	mtime   timestamptz DEFAULT now(),
	name    text NOT NULL,
	seq     bigint NOT NULL DEFAULT nextval('pigsty.place'),
	comment text,
	written json,
	PRIMARY KEY (cls, name, key),
	UNIQUE (cls, ip, key),
	FOREIGN KEY (cls, name) REFERENCES pigsty.host (cls, name) ON DELETE CASCADE ON UPDATE CASCADE
);

-- Who changed what, when and why. One transaction is one version.
CREATE TABLE IF NOT EXISTS pigsty.version (
	id     bigint      PRIMARY KEY,
	time   timestamptz NOT NULL DEFAULT clock_timestamp(),
	author text        NOT NULL,
	role   text        NOT NULL DEFAULT session_user,
	client text,
	kind   text        NOT NULL,
	reason text        NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS pigsty.change (
	n       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	version bigint NOT NULL REFERENCES pigsty.version,
	action  text   NOT NULL CHECK (action IN ('insert', 'update', 'delete')),
	what    text   NOT NULL,
	cls     text,
	host    text,
	key     text,
	before  jsonb,
	after   jsonb,
	seq     bigint,
	comment text
);
CREATE INDEX IF NOT EXISTS change_version ON pigsty.change (version);

-- What jsonb cannot hold is in the text that was loaded: spelling, order, nesting, comments. sealed tells that the text is encrypted.
CREATE TABLE IF NOT EXISTS pigsty.layout (
	version bigint  PRIMARY KEY REFERENCES pigsty.version,
	source  text    NOT NULL,
	text    text    NOT NULL,
	sealed  boolean NOT NULL
);

-- current_version gives the version of this transaction, and begins one at the first write. Writers follow one another: a second one waits here for the
-- first one's commit. SET pigsty.base = N refuses to write over any version after N. It is for triggers: who only reads must not begin a version.
CREATE OR REPLACE FUNCTION pigsty.current_version() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	now_at text := current_setting('pigsty.current', true);
	mine   text := pg_current_xact_id()::text;
	base   text := nullif(current_setting('pigsty.base', true), '');
	last   bigint;
BEGIN
	IF split_part(now_at, ':', 1) = mine THEN
		RETURN split_part(now_at, ':', 2)::bigint;
	END IF;
	PERFORM pg_advisory_xact_lock(hashtextextended('pigsty.cmdb', 0));
	SELECT coalesce(max(id), 0) INTO last FROM pigsty.version;
	IF base IS NOT NULL AND base::bigint <> last THEN
		RAISE EXCEPTION 'the CMDB is at version %, not at version %', last, base USING ERRCODE = 'serialization_failure', HINT = 'read the newer versions, and try again';
	END IF;
	INSERT INTO pigsty.version (id, author, client, kind, reason) VALUES (
		last + 1,
		coalesce(nullif(current_setting('pigsty.author', true), ''), session_user),
		coalesce(host(inet_client_addr()), 'local'),
		coalesce(nullif(current_setting('pigsty.kind', true), ''), 'sql'),
		coalesce(nullif(current_setting('pigsty.reason', true), ''), CASE WHEN nullif(current_setting('pigsty.kind', true), '') IS NULL THEN current_setting('application_name') ELSE '' END));
	PERFORM set_config('pigsty.current', mine || ':' || (last + 1), true);
	RETURN last + 1;
END $$;
REVOKE EXECUTE ON FUNCTION pigsty.current_version() FROM PUBLIC;

-- version_begin begins a version before anything is written, for a load.
CREATE OR REPLACE FUNCTION pigsty.version_begin() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT has_table_privilege(coalesce(nullif(current_setting('role'), 'none'), session_user), 'pigsty.layout', 'INSERT') THEN
		RAISE EXCEPTION 'permission denied for schema pigsty' USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN pigsty.current_version();
END $$;

-- note_rows notes rows that came or went, which its trigger calls noted.
CREATE OR REPLACE FUNCTION pigsty.note_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF EXISTS (SELECT FROM noted) THEN
		INSERT INTO pigsty.change (version, action, what, cls, host, key, before, after, seq, comment)
		SELECT pigsty.current_version(), lower(TG_OP), TG_TABLE_NAME, j ->> 'cls', j ->> 'name', coalesce(j ->> 'key', j ->> 'child'),
			CASE TG_OP WHEN 'DELETE' THEN j -> 'value' END, CASE TG_OP WHEN 'INSERT' THEN j -> 'value' END, (j ->> 'seq')::bigint, j ->> 'comment'
		FROM (SELECT to_jsonb(r) AS j FROM noted r) s ORDER BY (j ->> 'seq')::bigint;
	END IF;
	RETURN NULL;
END $$;

-- A row that has another identity is one that went and one that came. Places and comments are no content.
CREATE OR REPLACE FUNCTION pigsty.note_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO pigsty.change (version, action, what, cls, host, key, before, after, seq, comment)
	SELECT pigsty.current_version(), action, TG_TABLE_NAME, nullif(cls, ''), nullif(host, ''), nullif(key, ''), before, after, seq, comment
	FROM (
		SELECT cls, host, key, o.v AS before, n.v AS after, coalesce(n.seq, o.seq) AS seq, coalesce(n.comment, o.comment) AS comment,
			CASE WHEN o.seq IS NULL THEN 'insert' WHEN n.seq IS NULL THEN 'delete' ELSE 'update' END AS action
		FROM (SELECT coalesce(j ->> 'cls', '') AS cls, coalesce(j ->> 'name', '') AS host, coalesce(j ->> 'key', j ->> 'child', '') AS key,
				j -> 'value' AS v, (j ->> 'seq')::bigint AS seq, j ->> 'comment' AS comment FROM (SELECT to_jsonb(r) AS j FROM old_rows r) a) o
		FULL JOIN (SELECT coalesce(j ->> 'cls', '') AS cls, coalesce(j ->> 'name', '') AS host, coalesce(j ->> 'key', j ->> 'child', '') AS key,
				j -> 'value' AS v, (j ->> 'seq')::bigint AS seq, j ->> 'comment' AS comment FROM (SELECT to_jsonb(r) AS j FROM new_rows r) b) n USING (cls, host, key)
		WHERE o.seq IS NULL OR n.seq IS NULL OR o.v IS DISTINCT FROM n.v
		ORDER BY n.seq IS NOT NULL, 6
	) d;
	RETURN NULL;
END $$;

-- TRUNCATE shows no rows to a trigger behind it: what goes is noted before.
CREATE OR REPLACE FUNCTION pigsty.note_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v bigint;
BEGIN
	v := pigsty.current_version();
	EXECUTE format('INSERT INTO pigsty.change (version, action, what, cls, host, key, before, seq, comment)
		SELECT %s, ''delete'', %L, j ->> ''cls'', j ->> ''name'', coalesce(j ->> ''key'', j ->> ''child''), j -> ''value'', (j ->> ''seq'')::bigint, j ->> ''comment''
		FROM (SELECT to_jsonb(r) AS j FROM pigsty.%I r) s', v, TG_TABLE_NAME, TG_TABLE_NAME);
	RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION pigsty.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF to_jsonb(NEW) - '{mtime,seq,comment,written}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{mtime,seq,comment,written}'::text[] THEN
		NEW.mtime := now();
	END IF;
	RETURN NEW;
END $$;

-- A host is known by its name; who writes an address alone means the name.
CREATE OR REPLACE FUNCTION pigsty.named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND NEW.ip IS DISTINCT FROM OLD.ip AND NEW.name = OLD.name THEN
		NEW.name := host(NEW.ip);
	END IF;
	NEW.name := coalesce(NEW.name, host(NEW.ip));
	BEGIN
		NEW.ip := CASE WHEN NEW.name ~ '^[0-9.]+$' OR NEW.name ~ '^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$' THEN NEW.name::inet END;
	EXCEPTION WHEN invalid_text_representation THEN
		NEW.ip := NULL;
	END;
	RETURN NEW;
END $$;

-- fault says what is wrong with a value of a parameter, NULL if nothing is. What a text means is as lenient as in a file.
CREATE OR REPLACE FUNCTION pigsty.fault(value jsonb, rule jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	kind text := rule ->> 'kind';
	word text := value #>> '{}';
	type text := jsonb_typeof(value);
BEGIN
	IF rule IS NULL OR value IS NULL OR type = 'null' OR (type = 'string' AND word ~ '\{[{%]|\$\{') OR value ?| '{__ansible_vault,__age,__ansible_unsafe}' THEN
		RETURN NULL;
	END IF;
	CASE kind
	WHEN 'many' THEN
		RETURN CASE WHEN NOT coalesce(rule -> 'forms' ? type, true) THEN 'want ' || (rule ->> 'type') END;
	WHEN 'bool' THEN
		RETURN CASE WHEN type = 'boolean' OR type = 'number' AND word IN ('0', '1') OR type = 'string' AND lower(word) IN ('true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n', 't', 'f', '1', '0') THEN NULL ELSE 'want true or false' END;
	WHEN 'int', 'port' THEN
		IF type NOT IN ('number', 'string') OR word !~ '^\s*[-+]?[0-9_]+\s*$' THEN
			RETURN 'want a whole number';
		END IF;
		RETURN CASE
			WHEN (rule ->> 'min')::numeric > replace(word, '_', '')::numeric THEN 'want at least ' || (rule ->> 'min')
			WHEN (rule ->> 'max')::numeric < replace(word, '_', '')::numeric THEN 'want at most ' || (rule ->> 'max') END;
	WHEN 'enum' THEN
		RETURN CASE WHEN word = '' OR EXISTS (SELECT FROM jsonb_array_elements_text(rule -> 'values') AS v (t) WHERE lower(t) = lower(word)) THEN NULL
			ELSE 'want one of ' || (SELECT string_agg(t, ', ') FROM jsonb_array_elements_text(rule -> 'values') AS v (t)) END;
	ELSE
		RETURN NULL;
	END CASE;
END $$;

CREATE OR REPLACE FUNCTION pigsty.checked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	bad record;
BEGIN
	SELECT j ->> 'cls' AS cls, j ->> 'name' AS host, d.key, pigsty.fault(j -> 'value', d.rule) AS fault INTO bad
	FROM (SELECT to_jsonb(r) AS j FROM new_rows r) s JOIN pigsty.default_var d ON d.key = j ->> 'key'
	WHERE d.rule IS NOT NULL AND pigsty.fault(j -> 'value', d.rule) IS NOT NULL LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'invalid % of %: %', bad.key, concat_ws(' ', coalesce(bad.cls, 'all'), bad.host), bad.fault USING ERRCODE = 'check_violation';
	END IF;
	RETURN NULL;
END $$;

-- At the end of a transaction no cluster has two members of one number, or two primaries.
CREATE OR REPLACE FUNCTION pigsty.identified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	bad record;
BEGIN
	IF NEW.key = 'pg_role' AND NEW.value #>> '{}' <> 'primary' THEN
		RETURN NULL;
	END IF;
	SELECT h.key, h.value #>> '{}' AS value, string_agg(h.name, ', ' ORDER BY h.seq) AS hosts INTO bad FROM pigsty.host_var h
	WHERE h.cls = NEW.cls AND h.key = NEW.key AND h.value #>> '{}' = NEW.value #>> '{}'
		AND NOT EXISTS (SELECT FROM pigsty.host_var c WHERE c.cls = NEW.cls AND c.key IN ('pg_cluster', 'redis_cluster', 'minio_cluster', 'etcd_cluster'))
	GROUP BY 1, 2 HAVING count(*) > 1;
	IF FOUND THEN
		RAISE EXCEPTION 'several members of % have % %: %', NEW.cls, bad.key, bad.value, bad.hosts USING ERRCODE = 'unique_violation';
	END IF;
	RETURN NULL;
END $$;

-- No group is below itself.
CREATE OR REPLACE FUNCTION pigsty.nested() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (
		WITH RECURSIVE below (cls) AS (
			SELECT child FROM pigsty.group_child WHERE (cls, child) = (NEW.cls, NEW.child) UNION SELECT c.child FROM below JOIN pigsty.group_child c USING (cls)
		) SELECT FROM below WHERE cls = NEW.cls
	) THEN
		RAISE EXCEPTION 'adding group % as child to % creates a recursive dependency loop', NEW.child, NEW.cls USING ERRCODE = 'check_violation';
	END IF;
	RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION pigsty.unaltered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the history is not altered: pig cmdb rollback makes a new version';
END $$;

DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['group', 'group_child', 'host', 'global_var', 'group_var', 'host_var'] LOOP
		EXECUTE format('DROP TRIGGER IF EXISTS note_insert ON pigsty.%I', t);
		EXECUTE format('DROP TRIGGER IF EXISTS note_delete ON pigsty.%I', t);
		EXECUTE format('DROP TRIGGER IF EXISTS note_update ON pigsty.%I', t);
		EXECUTE format('DROP TRIGGER IF EXISTS note_truncate ON pigsty.%I', t);
		EXECUTE format('CREATE TRIGGER note_insert AFTER INSERT ON pigsty.%I REFERENCING NEW TABLE AS noted FOR EACH STATEMENT EXECUTE FUNCTION pigsty.note_rows()', t);
		EXECUTE format('CREATE TRIGGER note_delete AFTER DELETE ON pigsty.%I REFERENCING OLD TABLE AS noted FOR EACH STATEMENT EXECUTE FUNCTION pigsty.note_rows()', t);
		EXECUTE format('CREATE TRIGGER note_update AFTER UPDATE ON pigsty.%I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pigsty.note_update()', t);
		EXECUTE format('CREATE TRIGGER note_truncate BEFORE TRUNCATE ON pigsty.%I FOR EACH STATEMENT EXECUTE FUNCTION pigsty.note_truncate()', t);
		IF t <> 'group_child' THEN
			EXECUTE format('DROP TRIGGER IF EXISTS touch ON pigsty.%I', t);
			EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON pigsty.%I FOR EACH ROW EXECUTE FUNCTION pigsty.touch()', t);
		END IF;
	END LOOP;
	DROP FUNCTION IF EXISTS pigsty.note_insert(), pigsty.note_delete(); -- of an earlier version
	FOREACH t IN ARRAY ARRAY['global_var', 'group_var', 'host_var'] LOOP
		EXECUTE format('DROP TRIGGER IF EXISTS checked_insert ON pigsty.%I', t);
		EXECUTE format('DROP TRIGGER IF EXISTS checked_update ON pigsty.%I', t);
		EXECUTE format('CREATE TRIGGER checked_insert AFTER INSERT ON pigsty.%I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pigsty.checked()', t);
		EXECUTE format('CREATE TRIGGER checked_update AFTER UPDATE ON pigsty.%I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pigsty.checked()', t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['host', 'host_var'] LOOP
		EXECUTE format('DROP TRIGGER IF EXISTS named ON pigsty.%I', t);
		EXECUTE format('CREATE TRIGGER named BEFORE INSERT OR UPDATE OF name, ip ON pigsty.%I FOR EACH ROW EXECUTE FUNCTION pigsty.named()', t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['version', 'change', 'layout'] LOOP
		EXECUTE format('DROP TRIGGER IF EXISTS unaltered ON pigsty.%I', t);
		EXECUTE format('CREATE TRIGGER unaltered BEFORE UPDATE OR DELETE OR TRUNCATE ON pigsty.%I FOR EACH STATEMENT EXECUTE FUNCTION pigsty.unaltered()', t);
	END LOOP;
	DROP TRIGGER IF EXISTS identified ON pigsty.host_var;
	CREATE CONSTRAINT TRIGGER identified AFTER INSERT OR UPDATE OF value, key, cls ON pigsty.host_var DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW WHEN (NEW.key IN ('pg_seq', 'pg_role', 'etcd_seq', 'minio_seq', 'infra_seq', 'redis_node')) EXECUTE FUNCTION pigsty.identified();
	DROP TRIGGER IF EXISTS nested ON pigsty.group_child;
	CREATE CONSTRAINT TRIGGER nested AFTER INSERT OR UPDATE ON pigsty.group_child DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pigsty.nested();
END $$;
