# prepared.sh DEST BASE REPO INDEX PACKAGE...: a layer over BASE with the packages installed and all their services off. INDEX has the
# index of REPO, signed, and its key.
dest=$1 base=$2 repo=$3 index=$4
shift 4
layer "$base" "$dest"
root=$dest/root
mount -t tmpfs -o mode=755 tmpfs "$root/mnt"
cp "$index"/* "$root/mnt"
mkdir "$root/mnt/pool"
mount --bind "$repo" "$root/mnt/pool"
echo 'deb [signed-by=/mnt/key.asc] file:/mnt ./' >"$root/tmp/sources.list"
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
umount "$root/mnt/pool" "$root/mnt" "$root/proc" "$root"
rm -rf "$dest/work" "$dest/root" "$dest/before" "$dest/after"
