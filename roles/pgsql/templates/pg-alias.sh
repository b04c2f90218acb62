# Short names for what is done often on {{ pg_instance }}, for {{ pg_dbsu }} and for whoever may become it.
if [ "$(id -un)" = '{{ pg_dbsu }}' ]; then pg_as=; else pg_as='sudo -u {{ pg_dbsu }} '; fi
alias pg="${pg_as}patronictl -c /etc/patroni/patroni.yml"
alias pgl="${pg_as}patronictl -c /etc/patroni/patroni.yml list"
alias pgs="${pg_as}{{ pg_bin_dir }}/psql -h {{ pg_localhost }} -p {{ pg_port }} -d {{ pg_primary_db }}"
alias pgb="${pg_as}{{ pg_bin_dir }}/psql -h {{ pg_localhost }} -p {{ pgbouncer_port }} -d pgbouncer"
alias pgi="${pg_as}pgbackrest --stanza={{ pg_cluster }} info"
alias pgt="${pg_as}tail -F {{ pg_log_dir }}/postgresql-\$(date -u +%a).csv"
unset pg_as
