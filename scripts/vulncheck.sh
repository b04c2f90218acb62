#!/bin/sh
# vulncheck.sh GO: fail if pig calls code with a known vulnerability.
#
# The database of known vulnerabilities is asked. Where it cannot be reached its newest copy comes as a Go module, from where the
# other dependencies come; the copy's date is printed, because it may miss the last days. Without either nothing was checked,
# and this fails.
set -eu
go=$1
PATH=$(dirname "$go"):$PATH
export PATH
tool=golang.org/x/vuln/cmd/govulncheck@v1.9.0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if "$go" run "$tool" ./... >"$out" 2>&1; then
	tail -n 1 "$out"
	exit 0
fi
if ! grep -q 'fetching vulnerabilities' "$out"; then
	cat "$out"
	exit 1
fi
copy=$(cd / && "$go" mod download -json golang.org/x/vulndb@latest | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') || copy=
if [ ! -d "$copy/data/osv" ]; then
	echo "vulncheck: NOT CHECKED: neither the database of vulnerabilities nor its copy can be reached" >&2
	exit 1
fi
echo "vulncheck: the database of vulnerabilities cannot be reached; checked against ${copy##*/}"
"$go" run "$tool" -db "file://$copy/data/osv" ./...
