# Short names for what is done often on {{ pg_instance | line }}, for {{ pg_dbsu | line }} and for whoever may become it.
{% set as = '"${pg_as}"' %}
if [ "$(id -un)" = {{ pg_dbsu | quote }} ]; then pg_as=; else pg_as={{ ('sudo -u ' ~ (pg_dbsu | quote) ~ ' ') | quote }}; fi
alias pg={{ as }}{{ 'patronictl -c /etc/patroni/patroni.yml' | quote }}
alias pgl={{ as }}{{ 'patronictl -c /etc/patroni/patroni.yml list' | quote }}
alias pgs={{ as }}{{ ((pg_bin_dir ~ '/psql') | quote ~ ' -h ' ~ pg_localhost | quote ~ ' -p ' ~ pg_port | quote ~ ' -d ' ~ pg_primary_db | quote) | quote }}
alias pgb={{ as }}{{ ((pg_bin_dir ~ '/psql') | quote ~ ' -h ' ~ pg_localhost | quote ~ ' -p ' ~ pgbouncer_port | quote ~ ' -d pgbouncer') | quote }}
alias pgi={{ as }}{{ ('pgbackrest --stanza=' ~ pg_cluster | quote ~ ' info') | quote }}
alias pgt={{ as }}{{ ('tail -F ' ~ pg_log_dir | quote ~ '/postgresql-$(date -u +%a).csv') | quote }}
unset pg_as
