#!/bin/bash
# Record what ansible-core answers to the cases of testdata/differential: those that are named, or those that have no answer yet.
# A Debian 13 root with ansible-core is made at PIG_ORACLE_ROOT (default /var/cache/pig-oracle/root) if there is none. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
export PIG_ORACLE_ROOT=${PIG_ORACLE_ROOT:-/var/cache/pig-oracle/root}
if [ ! -x "$PIG_ORACLE_ROOT/usr/bin/ansible-playbook" ]; then
	mkdir -p "$(dirname "$PIG_ORACLE_ROOT")"
	mmdebstrap --variant=minbase --include=ansible-core,sudo trixie "$PIG_ORACLE_ROOT"
fi
# Ansible wants a /proc and a /dev.
mountpoint -q "$PIG_ORACLE_ROOT/proc" || mount -t proc proc "$PIG_ORACLE_ROOT/proc"
mountpoint -q "$PIG_ORACLE_ROOT/dev" || mount --bind /dev "$PIG_ORACLE_ROOT/dev"
trap 'umount "$PIG_ORACLE_ROOT/proc" "$PIG_ORACLE_ROOT/dev"' EXIT
"$(scripts/go.sh)" run ./scripts/oracle "$@"
