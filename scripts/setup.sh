#!/bin/bash
# setup.sh [build|dist|race|sandbox|all|full]: install what building pig, running its sandbox, or all of its tests need on a Debian
# machine: dist is what makes and looks at packages, race is what the race detector is linked with, full is all, that, and a browser that looks at the portal.
#
# It does nothing, and says nothing, where nothing is missing. Packages come from apt; a Go that is new enough comes as
# a Go module, fetched by the Go that Debian has, into $PIG_GO_DIR (default /var/cache/pig-go). scripts/go.sh finds it there.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
go_dir=${PIG_GO_DIR:-/var/cache/pig-go}
go_version=$(sed -n 's/^toolchain go//p' go.mod)

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }

# missing COMMAND=PACKAGE...: the packages whose command is not there.
missing() {
	local pair
	for pair; do
		PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null || echo "${pair#*=}"
	done
}

apt_install() {
	[ $# -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || die "these packages are missing, and only root can install them: $*"
	say "installing $*"
	local apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
	export DEBIAN_FRONTEND=noninteractive
	local log
	log=$(mktemp)
	# A fresh machine has no package lists, an old one has stale ones: both show as a failure to install.
	if ! "${apt[@]}" install --no-install-recommends "$@" >"$log" 2>&1; then
		if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; } >"$log" 2>&1; then
			tail -n 20 "$log" >&2
			rm -f "$log"
			die "apt-get could not install $*"
		fi
	fi
	rm -f "$log"
}

# fetch_go: Debian's own Go is too old to build pig but can download modules, and each Go release is one.
fetch_go() {
	[ "$(uname -s)" = Linux ] || die "no Go is new enough here, and only Linux's can be fetched"
	local arch
	case $(uname -m) in
	x86_64) arch=amd64 ;;
	aarch64) arch=arm64 ;;
	*) die "no Go is new enough here, and none can be fetched for $(uname -m)" ;;
	esac
	# shellcheck disable=SC2046 # a list of words
	apt_install $(missing go=golang-go) $([ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates)
	say "fetching Go $go_version"
	local tmp module=golang.org/toolchain@v0.0.1-go$go_version.linux-$arch
	mkdir -p "$go_dir"
	tmp=$(mktemp -d "$go_dir/.tmp-XXXXXX")
	# shellcheck disable=SC2064 # tmp is known now
	trap "chmod -R u+w '$tmp'; rm -rf '$tmp'" EXIT
	(
		cd "$tmp"
		mkdir fetch && cd fetch
		export GOPATH=$tmp/path GOMODCACHE=$tmp/mod GOCACHE=$tmp/cache GOFLAGS=-modcacherw GOTOOLCHAIN=local HOME=${HOME:-/root}
		echo 'module fetch' >go.mod
		go mod download "$module" >&2
	)
	local root=$tmp/mod/$module
	[ -f "$root/bin/go" ] || die "the module $module has no bin/go"
	# The module cache keeps no execute bits.
	chmod +x "$root"/bin/* "$root"/pkg/tool/*/*
	rm -rf "$go_dir/go$go_version"
	mv "$root" "$go_dir/go$go_version"
	chmod -R u+w "$tmp"
	rm -rf "$tmp"
	trap - EXIT
	scripts/go.sh >/dev/null
}

# shellcheck disable=SC2046 # lists of words
race() {
	apt_install $(missing gcc=gcc) $([ -e /usr/include/stdlib.h ] || echo libc6-dev)
}

# shellcheck disable=SC2046 # lists of words
build() {
	apt_install $(missing make=make git=git) $([ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates)
	scripts/go.sh >/dev/null 2>&1 || fetch_go
}

# shellcheck disable=SC2046 # a list of words
dist() {
	apt_install $(missing dpkg-deb=dpkg tar=tar gzip=gzip man=man-db)
}

# shellcheck disable=SC2046 # a list of words
sandbox() {
	apt_install $(missing systemd-nspawn=systemd-container mmdebstrap=mmdebstrap ip=iproute2 nsenter=util-linux ssh=openssh-client) \
		$([ -e /usr/share/keyrings/debian-archive-trixie-stable.gpg ] || echo debian-archive-keyring)
}

# postgres is what tests of the inventory's tables start servers of, as ordinary users: the package's own cluster is not made.
postgres() {
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
	if [ "$(id -u)" = 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
	fi
	apt_install postgresql
}

# shellcheck disable=SC2046 # a list of words
browser() {
	apt_install $(missing chromium=chromium) $([ -d /usr/share/fonts/truetype/dejavu ] || echo fonts-dejavu-core)
}

case $what in
build) build ;;
dist)
	build
	dist
	;;
race)
	build
	race
	;;
sandbox) sandbox ;;
all)
	build
	sandbox
	postgres
	;;
full)
	build
	race
	sandbox
	postgres
	browser
	;;
*) die "usage: scripts/setup.sh [build|dist|race|sandbox|all|full]" ;;
esac
