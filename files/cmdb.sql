-- The inventory as tables: the baseline of the database meta. Running it again changes nothing.
CREATE SCHEMA IF NOT EXISTS pigsty;
COMMENT ON SCHEMA pigsty IS 'the inventory of the environment';

CREATE TABLE IF NOT EXISTS pigsty.global_var (key text PRIMARY KEY, value jsonb NOT NULL);
CREATE TABLE IF NOT EXISTS pigsty.cluster (cls text PRIMARY KEY, mtime timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS pigsty.cluster_var (cls text REFERENCES pigsty.cluster ON DELETE CASCADE, key text, value jsonb NOT NULL, PRIMARY KEY (cls, key));
CREATE TABLE IF NOT EXISTS pigsty.host (cls text REFERENCES pigsty.cluster ON DELETE CASCADE, ip inet, PRIMARY KEY (cls, ip));
CREATE TABLE IF NOT EXISTS pigsty.host_var (cls text, ip inet, key text, value jsonb NOT NULL, PRIMARY KEY (cls, ip, key),
    FOREIGN KEY (cls, ip) REFERENCES pigsty.host ON DELETE CASCADE);
