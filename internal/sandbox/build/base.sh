# base.sh DEST SUITE MIRROR PACKAGE...: a root file system for nodes.
dest=$1 suite=$2 mirror=$3
shift 3
root=$dest/rootfs

say "base: installing Debian $suite"
# mmdebstrap makes what debootstrap makes, in a third of the time. Its temporary files go with the mount namespace.
mkdir -p /run/pig-sandbox
mount -t tmpfs tmpfs /run/pig-sandbox
TMPDIR=/run/pig-sandbox mmdebstrap --mode=root --format=directory --variant=minbase --include="$(echo "$*" | tr ' ' ',')" "$suite" "$root" "$mirror"

say "base: trimming"
rm -rf "$root"/var/log/*.log "$root"/var/log/apt/*
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/resolv.conf "$root"/etc/hostname # every node has its own
: >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"

# Without a network the daily apt jobs only hold dpkg's lock at boot; a console login has nobody to serve; other host
# keys than the one the sandbox made would take seconds to generate.
disable() { chroot "$root" systemctl disable "$@" >/dev/null 2>&1 || true; }
disable apt-daily.timer apt-daily-upgrade.timer sshd-keygen.service
chroot "$root" systemctl mask console-getty.service >/dev/null 2>&1

mkdir -p "$root/etc/ssh/sshd_config.d"
cat >"$root/etc/ssh/sshd_config.d/10-sandbox.conf" <<END
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
END
