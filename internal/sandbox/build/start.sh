# start.sh PIDFILE LOWER UPPER WORK ROOT CGROUPS ARG...: runs a node's systemd-nspawn, again and again while the node
# reboots. It runs in a mount namespace of its own, so the node's file system is gone when the node is.
set -eu
pidfile=$1 lower=$2 upper=$3 work=$4 root=$5 cgroups=$6
shift 6
for d in $cgroups; do
	mkdir -p "$d/launcher"
	echo $$ >"$d/launcher/cgroup.procs"
done
exec 3>&- # the node's lock: from here on its cgroup tells who we are
read -r stat </proc/$$/stat
stat=${stat##*) }
# shellcheck disable=SC2086 # the fields after the command's name; the 20th is the start time
start=$(set -- $stat && echo "${20}")
echo "$$ $start $(cat /proc/sys/kernel/random/boot_id)" >"$pidfile.new"
mv "$pidfile.new" "$pidfile"
exec 4>&- # who started us waits for this

# nspawn's own locks and mount points go with this mount namespace too.
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=700 tmpfs /run/systemd/nspawn

# volatile: fsync in the node costs nothing. A killed node still finds all its files, since this machine's page cache
# outlives it; what marks the overlay as unclean after that has to go before it can be mounted again.
rm -rf "$work/work/incompat"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work,redirect_dir=off,index=off,metacopy=off,volatile" "$root"

# Each boot gets a cgroup of its own below the node's: on cgroup v2 nspawn leaves one behind that takes no process.
boot=0
while :; do
	boot=$((boot + 1))
	status=0
	/bin/sh -euc '
		boot=$1 cgroups=$2
		shift 2
		for d in $cgroups; do
			mkdir "$d/$boot"
			echo $$ >"$d/$boot/cgroup.procs"
		done
		exec systemd-nspawn "$@"' nspawn "boot-$boot" "$cgroups" "$@" || status=$?
	[ "$status" = 133 ] || exit "$status" # 133 is how nspawn says that the node wants to boot again
done
