#!/bin/bash
# dist.sh: write binaries, archives, packages, manual pages and their checksums to dist/. make dist calls it, with the
# agents beside the code.
#
# All times are that of the commit, and archives are sorted and belong to root, so that two runs for one commit can write the same bytes.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
go=$(scripts/go.sh)
PATH=$(dirname "$go"):$PATH
nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.47.0

VERSION=${VERSION:-$(scripts/version.sh)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
STAGE=$(mktemp -d)
trap 'rm -rf "$STAGE"' EXIT
export VERSION SOURCE_DATE_EPOCH STAGE CGO_ENABLED=0 TZ=UTC LC_ALL=C

# binary OS ARCH: the static binary for a system.
binary() {
	GOOS=$1 GOARCH=$2 go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X pig/internal/cli.Version=$VERSION" -o "$STAGE/$1-$2/pig" ./cmd/pig
}

# licences: the full texts of those of the code in the binaries, by module.
licences() {
	echo "The licences of the code of other projects in the binaries of pig $VERSION."
	local path version dir file
	while read -r path version dir; do
		while read -r file; do
			printf '\n==== %s %s: %s\n\n' "$path" "$version" "$(basename "$file")"
			cat "$file"
		done < <(find "$dir" -maxdepth 1 -type f \( -iname 'licen[sc]e*' -o -iname 'copying*' -o -iname 'notice*' \) ! -name '*.go' | sort)
	done < <(
		go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/pig ./cmd/pig-agent | sort -u
		echo "Go $(go env GOVERSION) $(go env GOROOT)"
	)
}

# common: what the packages of all architectures have, below their root.
common() {
	local root=$STAGE/common own shell file
	own=$STAGE/$(go env GOHOSTOS)-$(go env GOHOSTARCH)/pig
	mkdir -p dist/man dist/completions "$root"/usr/share/{doc/pig,man/man1,bash-completion/completions,fish/vendor_completions.d}
	go run ./scripts/manual "$VERSION" dist/man
	for shell in bash zsh fish; do "$own" completion "$shell" >"dist/completions/pig.$shell"; done
	install -m 644 dist/completions/pig.bash "$root/usr/share/bash-completion/completions/pig"
	install -m 644 dist/completions/pig.fish "$root/usr/share/fish/vendor_completions.d/pig.fish"
	install -m 644 dist/completions/pig.zsh "$STAGE/_pig"
	for file in dist/man/*.1; do gzip -9nc "$file" >"$root/usr/share/man/man1/$(basename "$file").gz"; done
	git archive HEAD docs | tar -xf - -C "$root/usr/share/doc/pig"
	install -m 644 README.md SECURITY.md LICENSE NOTICE packaging/copyright "$root/usr/share/doc/pig/"
	gzip -9nc CHANGELOG.md >"$root/usr/share/doc/pig/changelog.gz"
	licences >"$STAGE/THIRD-PARTY"
	gzip -9nc "$STAGE/THIRD-PARTY" >"$root/usr/share/doc/pig/THIRD-PARTY.gz"
	find "$root" -type f -exec chmod 644 {} + -o -type d -exec chmod 755 {} +
}

# archive OS ARCH: a .tar.gz with the binary, completions, manual pages and licences.
archive() {
	local name=pig-$VERSION-$1-$2
	mkdir -p "$STAGE/$name"
	cp -r "$STAGE/$1-$2/pig" dist/completions dist/man README.md LICENSE NOTICE "$STAGE/THIRD-PARTY" "$STAGE/$name/"
	tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode='u+rwX,go=rX' -C "$STAGE" -cf - "$name" | gzip -9n >"dist/$name.tar.gz"
}

packages() {
	local kind
	for ARCH in amd64 arm64; do
		export ARCH
		find "$STAGE" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
		for kind in deb rpm; do go run "$nfpm" package -f packaging/nfpm.yaml -p "$kind" -t dist/ >&2; done
	done
}

rm -rf dist
mkdir dist
for system in linux-amd64 linux-arm64 darwin-amd64 darwin-arm64; do binary "${system%-*}" "${system#*-}"; done
common
for system in linux-amd64 linux-arm64 darwin-amd64 darwin-arm64; do archive "${system%-*}" "${system#*-}"; done
packages
(cd dist && sha256sum -- *.tar.gz *.deb *.rpm >checksums.txt)
ls -l dist >&2
