#!/bin/sh
# Tells whether what pig says of the sample inventories is, byte for byte, what it said at another commit: the clusters it resolves, the
# graph of units, and the plan that needs no node. For changes that move code and must not change behaviour.
#
#   scripts/same.sh [COMMIT]      main by default
set -eu
cd "$(dirname "$0")/.."
base=${1:-main} go=$(scripts/go.sh) here=$(pwd)
work=$(mktemp -d)
trap 'git worktree remove --force "$work/tree" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
git worktree add --detach "$work/tree" "$base" >/dev/null 2>&1
(cd "$work/tree" && CGO_ENABLED=0 GOFLAGS=-trimpath "$go" build -o "$work/pig.old" ./cmd/pig)
CGO_ENABLED=0 GOFLAGS=-trimpath "$go" build -o "$work/pig.new" ./cmd/pig

# said PIG DIRECTORY writes what a binary says of each sample. Both use the same generated passwords and certificates.
said() {
	mkdir -p "$2"
	for file in "$here"/inventory/*.yml "$here"/testdata/seed/*.yml; do
		[ -e "$file" ] || continue
		name=$(basename "$file" .yml) at=$work/$name
		mkdir -p "$at/home"
		cp "$file" "$at/pigsty.yml"
		for verb in "inventory resolve" "inventory list" "graph --dot" "plan --offline --json"; do
			# shellcheck disable=SC2086 # the verb is several words
			(cd "$at" && HOME=$at/home NO_COLOR=1 "$1" $verb -i pigsty.yml 2>&1 || echo "exit status $?") |
				sed -E 's/"(time|start|end|elapsed|duration|took|seconds|created|at|version)":("[^"]*"|[0-9.e+-]+)/"\1":0/g' >"$2/$name.$(echo "$verb" | tr -d ' -')"
		done
	done
}
said "$work/pig.old" "$work/old" && said "$work/pig.new" "$work/new"
if ! diff -rq "$work/old" "$work/new"; then
	trap - EXIT
	git worktree remove --force "$work/tree"
	echo "compare $work/old with $work/new"
	exit 1
fi
echo "the same: $(ls "$work/new" | wc -l) outputs"
