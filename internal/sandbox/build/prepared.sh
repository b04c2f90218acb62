# prepared.sh DEST BASE REPO PACKAGE...: a layer over BASE with the packages installed and all their services off.
dest=$1 base=$2 repo=$3
shift 3
layer "$base" "$dest"
root=$dest/root
mount --bind "$repo" "$root/mnt"
echo 'deb [trusted=yes] file:/mnt ./' >"$root/tmp/sources.list"
apt() { chroot "$root" apt-get -q -y -o Dir::Etc::sourcelist=/tmp/sources.list -o Dir::Etc::sourceparts=- "$@"; }
enabled() { chroot "$root" systemctl list-unit-files --state=enabled --no-legend --no-pager 2>/dev/null | awk '{print $1}' | sort; }

# policy-rc.d stops services from being started during the installation, not from being enabled for the next boot.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/postgresql-common"
echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
enabled >"$dest/before"

say "prepared: installing packages"
apt update
apt --no-install-recommends -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold install "$@"

say "prepared: switching services off"
enabled >"$dest/after"
new=$(comm -13 "$dest/before" "$dest/after")
# shellcheck disable=SC2086 # a list of words
[ -z "$new" ] || chroot "$root" systemctl disable $new >/dev/null

rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/tmp/sources.list "$root/usr/sbin/policy-rc.d"
umount "$root/mnt" "$root/proc" "$root"
rm -rf "$dest/work" "$dest/root" "$dest/before" "$dest/after"
