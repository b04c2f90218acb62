#!/bin/sh
# go.sh: print the path of a Go that is new enough for this module; nothing else goes to standard output.
#
# A Makefile uses it as  GO := $(shell scripts/go.sh)  and finds GO empty if there is none (scripts/setup.sh gets one).
# Looked at, in this order: $PIG_GO, go in the PATH, /usr/local/go, what setup.sh fetched.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
# The toolchain that go.mod asks for: older patch releases have known vulnerabilities, and end up in pig.
want=$(sed -n 's/^toolchain go\([0-9.]*\)$/\1/p' "$top/go.mod")

# The version is asked for outside the module and with switching off: a go that would only fetch another one is not it.
version() { (cd / && GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null | sed 's/^go//; s/[^0-9.].*//'); }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

for go in "${PIG_GO:-}" "$(command -v go || :)" /usr/local/go/bin/go "${PIG_GO_DIR:-/var/cache/pig-go}"/go*/bin/go; do
	[ -x "$go" ] || continue
	have=$(version "$go")
	if [ -n "$have" ] && at_least "$want" "$have"; then
		echo "$go"
		exit 0
	fi
done
echo "no Go $want or newer found: run scripts/setup.sh as root" >&2
exit 1
