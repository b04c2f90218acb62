# Shared by the build steps. Each step runs in a mount and pid namespace of its own: what it mounts and starts ends with it.
set -eu
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin

say() { echo "== $*"; }

# layer LOWER WORKDIR: an overlay over LOWER at WORKDIR/root; its changes gather in WORKDIR/upper.
layer() {
	mkdir -p "$2/upper" "$2/work" "$2/root"
	mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work,redirect_dir=off,index=off,metacopy=off,volatile" "$2/root"
	mount -t proc proc "$2/root/proc"
}
