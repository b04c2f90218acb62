#!/bin/bash
# dist-test.sh: look at what make dist wrote: contents of the packages, checksums, versions, completion. Nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/../dist"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
fail() { echo "FAIL: $*" >&2; failed=1; }

sha256sum --quiet -c checksums.txt || fail "the checksums"
[ "$(find . -maxdepth 1 -type f ! -name checksums.txt | wc -l)" = "$(wc -l <checksums.txt)" ] || fail "a file without a checksum"

for arch in amd64 arm64; do
	deb=$(echo pig_*_"$arch".deb)
	dpkg-deb -c "$deb" >"$tmp/list" || fail "dpkg-deb cannot list $deb"
	awk '{ print $6 }' "$tmp/list" | sort >"$tmp/names"
	for file in usr/bin/pig usr/share/bash-completion/completions/pig usr/share/zsh/vendor-completions/_pig usr/share/fish/vendor_completions.d/pig.fish \
		usr/share/man/man1/pig.1.gz usr/share/man/man1/pig-pgsql-switchover.1.gz usr/share/doc/pig/copyright usr/share/doc/pig/LICENSE usr/share/doc/pig/NOTICE \
		usr/share/doc/pig/THIRD-PARTY.gz usr/share/doc/pig/changelog.gz usr/share/doc/pig/README.md usr/share/doc/pig/docs/README.md; do
		grep -qx "\./$file\|/$file\|$file" "$tmp/names" || fail "$deb has no $file"
	done
	! awk '$2 != "root/root" && $2 != "0/0"' "$tmp/list" | grep . || fail "$deb has files that are not root's"
	! awk '$1 ~ /^.....w|^........w/' "$tmp/list" | grep . || fail "$deb has files that others write"
	[ "$(awk '$6 ~ /bin\/pig$/ { print $1 }' "$tmp/list")" = -rwxr-xr-x ] || fail "$deb has a binary that not everybody runs"
done
for machine in x86_64 aarch64; do
	compgen -G "pig-*.$machine.rpm" >/dev/null || fail "no .rpm for $machine"
done
for system in linux-amd64 linux-arm64 darwin-amd64 darwin-arm64; do
	tar -tzf pig-*-"$system".tar.gz >"$tmp/list"
	for file in pig LICENSE NOTICE THIRD-PARTY README.md completions/pig.bash man/pig.1; do
		grep -q "^pig-[^/]*-$system/$file$" "$tmp/list" || fail "the archive of $system has no $file"
	done
done

# Installed below a root of its own, the binary runs, and the shell loads the completion. A machine of another kind only unpacks.
deb=$(echo pig_*_"$(dpkg --print-architecture)".deb)
dpkg-deb -x "$deb" "$tmp/root"
version=$(dpkg-deb -f "$deb" Version)
[ "$("$tmp/root/usr/bin/pig" version)" = "pig $version" ] || fail "the binary is not of version $version"
[ "$(bash -c "source '$tmp/root/usr/share/bash-completion/completions/pig' && complete -p pig")" = "complete -o default -o nospace -F __start_pig pig" ] ||
	[ "$(bash -c "source '$tmp/root/usr/share/bash-completion/completions/pig' && complete -p pig")" = "complete -o default -F __start_pig pig" ] || fail "bash does not load the completion"
mkdir -p "$tmp/dpkg/var/lib/dpkg/"{info,updates} && touch "$tmp/dpkg/var/lib/dpkg/"{status,available}
dpkg --root="$tmp/dpkg" --force-not-root --force-depends --force-script-chrootless -i "$deb" >/dev/null 2>"$tmp/dpkg.log" || { fail "dpkg -i"; cat "$tmp/dpkg.log" >&2; }
[ "$(dpkg --root="$tmp/dpkg" -V pig 2>&1)" = "" ] || fail "dpkg --verify"

# Versions go up from a development version to the release after it.
last=0.0.0~git20260101000000.abc
for described in v0.1.0-rc1 v0.1.0 v0.1.0-1-gabc v0.1.0-12-gabc v0.1.1; do
	version=$(../scripts/version.sh "$described")
	dpkg --compare-versions "$last" lt "$version" || fail "$version does not come after $last"
	last=$version
done
[ "$failed" = 0 ] && echo "dist is in order"
exit "$failed"
