-- The inventory and its versions for people who may only look: no view of this file has a secret. A role needs SELECT on these views and on nothing else.

-- secretive tells whether the value of a name is a secret. Of names that are no parameters it rather takes too many for secrets than too few.
CREATE OR REPLACE FUNCTION pigsty.secretive(name text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT coalesce((SELECT d.secret FROM pigsty.default_var d WHERE d.key = name),
	name ~* 'pass|pwd|secret|token|private|credential|apikey|(?<!public)[_-]key$') $$;

-- A secret that is only part of a text: a login in an address, password=..., a key of PEM.
CREATE OR REPLACE FUNCTION pigsty.holds_secret(word text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT word ~* '://[^\s/:@]*:[^\s/@]+@|(pass|password|passwd|passphrase|secret|secret_key|token|api_?key)["'']?\s*[=:]|PRIVATE KEY-----' $$;

-- leaves takes a value apart: path says where each piece is, raw is for comparing, shown is for people. Items of a list are called by their name, so
-- that one more item changes the path of no other.
CREATE OR REPLACE FUNCTION pigsty.leaves(at text, name text, value jsonb, hidden boolean) RETURNS TABLE (path text, raw jsonb, shown text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	kind text := jsonb_typeof(value);
	word text := value #>> '{}';
	item record;
BEGIN
	hidden := hidden OR pigsty.secretive(name);
	IF kind = 'object' AND (value ? '__ansible_vault' OR value ? '__age') THEN
		RETURN QUERY SELECT at, value, '(secret)';
	ELSIF kind = 'object' AND value <> '{}' THEN
		FOR item IN SELECT e.key, e.value FROM jsonb_each(value) e LOOP
			RETURN QUERY SELECT * FROM pigsty.leaves(CASE item.key WHEN '__ansible_unsafe' THEN at ELSE at || '.' || item.key END, item.key, item.value, hidden);
		END LOOP;
	ELSIF kind = 'array' AND jsonb_path_exists(value, '$[*] ? (@.type() == "object" || @.type() == "array")') THEN
		FOR item IN
			SELECT i.v, i.label || CASE WHEN row_number() OVER same > 1 THEN '#' || row_number() OVER same ELSE '' END AS label
			FROM (SELECT e.v, e.n, coalesce(e.v ->> 'name', e.v ->> 'title', e.n::text) AS label FROM jsonb_array_elements(value) WITH ORDINALITY AS e (v, n)) i
			WINDOW same AS (PARTITION BY i.label ORDER BY i.n) ORDER BY i.n
		LOOP
			RETURN QUERY SELECT * FROM pigsty.leaves(at || '[' || item.label || ']', '', item.v, hidden);
		END LOOP;
	ELSE
		RETURN QUERY SELECT at, value, CASE
			WHEN hidden AND kind IN ('string', 'number', 'array') AND word NOT IN ('', '[]') THEN '(secret)'
			WHEN pigsty.holds_secret(word) THEN '(has a secret in it)'
			ELSE coalesce(word, '') END;
	END IF;
END $$;

CREATE OR REPLACE VIEW pigsty.shown_variable AS
SELECT v.cls, v.host, v.key, l.path, l.shown AS value, v.mtime, v.seq
FROM (
	SELECT 'all' AS cls, NULL::text AS host, key, value, mtime, seq FROM pigsty.global_var
	UNION ALL SELECT cls, NULL, key, value, mtime, seq FROM pigsty.group_var
	UNION ALL SELECT cls, name, key, value, mtime, seq FROM pigsty.host_var
) v, pigsty.leaves(v.key, v.key, v.value, false) l;

CREATE OR REPLACE VIEW pigsty.shown_host AS
SELECT h.cls, h.name AS host, string_agg(v.key || ' ' || v.value, ', ' ORDER BY v.seq) FILTER (WHERE v.path = v.key) AS variables, h.seq
FROM pigsty.host h LEFT JOIN pigsty.shown_variable v ON v.cls = h.cls AND v.host = h.name GROUP BY h.cls, h.name, h.seq;

CREATE OR REPLACE VIEW pigsty.shown_group AS
SELECT g.cls, (SELECT string_agg(c.child, ', ' ORDER BY c.seq) FROM pigsty.group_child c WHERE c.cls = g.cls) AS children,
	(SELECT string_agg(h.name, ', ' ORDER BY h.seq) FROM pigsty.host h WHERE h.cls = g.cls) AS hosts,
	CASE g.cls WHEN 'all' THEN (SELECT count(*) FROM pigsty.global_var) ELSE (SELECT count(*) FROM pigsty.group_var v WHERE v.cls = g.cls) END AS variables, g.seq
FROM (SELECT cls, seq FROM pigsty.group UNION ALL SELECT 'all', 0 WHERE NOT EXISTS (SELECT FROM pigsty.group WHERE cls = 'all')) g;

CREATE OR REPLACE VIEW pigsty.shown_version AS
SELECT v.id AS version, v.time, v.author, v.role, v.client, v.kind, v.reason, c.changed
FROM pigsty.version v LEFT JOIN (
	SELECT version, CASE WHEN count(*) > 12 THEN sum(n) || ' rows of ' || count(*) || ' groups and hosts' ELSE string_agg(subject || ': ' || keys, '; ' ORDER BY subject) END AS changed
	FROM (
		SELECT version, concat_ws(' ', coalesce(cls, 'all'), host) AS subject, count(*) AS n,
			CASE WHEN count(*) > 12 THEN count(*) || ' rows' ELSE string_agg(DISTINCT coalesce(key, CASE WHEN action = 'delete' THEN 'deleted' ELSE 'created' END), ', ') END AS keys
		FROM pigsty.change GROUP BY 1, 2
	) s GROUP BY version
) c ON c.version = v.id;

-- What a version changed of the one before it.
CREATE OR REPLACE VIEW pigsty.shown_difference AS
SELECT c.version, c.n, c.action, coalesce(c.cls, 'all') AS cls, c.host, coalesce(d.path, CASE c.what WHEN 'group_child' THEN 'child ' || c.key ELSE coalesce(c.key, c.what) END) AS path, d.before, d.after
FROM pigsty.change c LEFT JOIN LATERAL (
	SELECT path, b.shown AS before, a.shown AS after
	FROM (SELECT * FROM pigsty.leaves(c.key, c.key, c.before, false) WHERE c.action <> 'insert') b
	FULL JOIN (SELECT * FROM pigsty.leaves(c.key, c.key, c.after, false) WHERE c.action <> 'delete') a USING (path)
	WHERE b.raw IS DISTINCT FROM a.raw
) d ON c.what IN ('global_var', 'group_var', 'host_var');
