#!/bin/bash
# version.sh [DESCRIPTION]: the version of this commit in a form that dpkg and rpm sort as it is meant.
#
#   v1.2.0            1.2.0              a release
#   v1.3.0-rc1        1.3.0~rc1          before 1.3.0
#   v1.2.0-4-gabc     1.2.0+4.gabc       after 1.2.0, before 1.2.1
#   no tag            0.0.0~git20261201103000.abc, before all releases, in the order of the commits
#
# A tree with changes that are not committed has +dirty at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
described=${1-$(git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null || :)}
if [ -z "$described" ]; then
	version=0.0.0~git$(TZ=UTC git log -1 --date=format-local:%Y%m%d%H%M%S --format=%cd.%h)
	[ -z "$(git status --porcelain --untracked-files=no)" ] || version+=+dirty
else
	version=$(sed -E 's/^v//; s/-dirty$/+dirty/; s/-([0-9]+)-g([0-9a-f]+)/+\1.g\2/; s/-/~/' <<<"$described")
fi
echo "$version"
