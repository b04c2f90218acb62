#!/bin/bash
# demo.sh: a PostgreSQL environment on four nodes of this machine, from nothing, with proof that it works.
#
# The nodes are containers in network namespaces of their own (pig sandbox --help); nothing else on this machine changes.
# PIG_DEMO_SANDBOX names another sandbox than "pig", PIG_DEMO_UP gives more flags for pig sandbox up.
set -euo pipefail
cd "$(dirname "$0")/.."

inventory=inventory/sandbox.yml
box=${PIG_DEMO_SANDBOX:-pig}
read -ra up_flags <<<"${PIG_DEMO_UP:-}"
here=(--sandbox="$box" -i "$inventory")
infra=10.10.10.10
service=10.10.10.11 # any member of pg-test serves the services of all
begin=$SECONDS

[ "$(id -u)" = 0 ] || { echo "demo: nodes on this machine need root" >&2; exit 1; }

say() { printf '\n\033[1m== %3ds  %s\033[0m\n' $((SECONDS - begin)) "$*"; }

# shown COMMAND...: run it, show the command, and give a sign of life where pig itself shows no progress line.
shown() {
	echo "\$ $*"
	if [ -t 1 ]; then
		"$@"
		return
	fi
	local since=$SECONDS ticker status=0
	(while sleep 15; do echo "   ... $((SECONDS - since))s"; done) &
	ticker=$!
	"$@" || status=$?
	kill "$ticker" 2>/dev/null || :
	wait "$ticker" 2>/dev/null || :
	return $status
}

# sql PORT STATEMENT: ask pg-test through a service, as its own user, from the infra node.
sql() {
	./pig sandbox exec --name "$box" "$infra" -- env PGPASSWORD=DBUser.Test PGCONNECT_TIMEOUT=5 \
		psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$service" -p "$1" -U test -d test -c "$2"
}

say "Build pig"
make --no-print-directory build

say "Start four nodes with nothing on them but sshd"
shown ./pig sandbox up --name "$box" -i "$inventory" "${up_flags[@]}"
./pig sandbox status --name "$box"

say "Plan: what would change, and nothing does"
shown ./pig plan "${here[@]}" >/tmp/pig-demo-plan.$$ || { cat /tmp/pig-demo-plan.$$; exit 1; }
tail -n 8 /tmp/pig-demo-plan.$$
echo "(the whole plan has $(wc -l </tmp/pig-demo-plan.$$) lines: ./pig plan ${here[*]})"
rm -f /tmp/pig-demo-plan.$$

say "Apply: nodes, etcd, pg-meta, and pg-test with a primary, a replica and an offline member"
shown ./pig apply --yes "${here[@]}"

say "Proof: who leads, who follows, how closely"
for _ in $(seq 30); do # a replica that has just been copied follows within seconds
	[ "$(./pig status pg-test "${here[@]}" | grep -c ' streaming ')" -lt 2 ] || break
	sleep 1
done
shown ./pig status "${here[@]}"
shown ./pig sandbox exec --name "$box" 10.10.10.11 -- runuser -u postgres -- patronictl -c /etc/patroni/patroni.yml list

say "Proof: a row that is written through the primary service can be read through the replica service"
note="written at $(date -u +%FT%TZ) by demo $$"
echo "psql port 5433 (primary): insert '$note'"
sql 5433 "set client_min_messages to warning; create table if not exists pig_demo (id bigint generated always as identity primary key, note text not null)"
sql 5433 "insert into pig_demo (note) values ('$note')"
got=
for _ in $(seq 50); do
	got=$(sql 5434 "select note from pig_demo where note = '$note' and pg_is_in_recovery()" 2>/dev/null || :)
	[ -z "$got" ] || break
	sleep 0.2
done
echo "psql port 5434 (replica): select gives '$got'"
[ "$got" = "$note" ] || { echo "demo: the row did not arrive on a replica" >&2; exit 1; }

say "Proof: what was applied needs no more changes"
shown ./pig plan "${here[@]}" --detailed-exitcode

cat <<END

All done in $((SECONDS - begin)) seconds. What to try next:

  ./pig sandbox exec --name $box 10.10.10.11 -- systemctl stop patroni
                                     and watch a replica take over: ./pig status ${here[*]}
  edit $inventory (a user, a database, pg_hba_rules), then: ./pig plan ${here[*]} --diff
  ./pig pgsql-user pg-test test ${here[*]}
  ./pig journal show
  ./pig sandbox down --name $box --purge                            ends it all
END
