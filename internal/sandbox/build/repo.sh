# repo.sh DEST BASE PACKAGE...: the packages and all they need beyond the base, plus what apt knows about each.
dest=$1 base=$2
shift 2
layer "$base" "$dest/build"
root=$dest/build/root
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

say "repo: reading the package lists"
chroot "$root" apt-get -q update

say "repo: downloading"
chroot "$root" apt-get -q -y --no-install-recommends --download-only install "$@"
mv "$root"/var/cache/apt/archives/*.deb "$dest/"

say "repo: describing"
specs=
for f in "$dest"/*.deb; do
	n=${f##*/}
	rest=${n#*_}
	specs="$specs ${n%%_*}=$(echo "${rest%_*}" | sed 's/%3a/:/g')"
done
# shellcheck disable=SC2086 # a list of words
chroot "$root" apt-cache --no-all-versions show $specs >"$dest/stanzas"

umount "$root/proc" "$root"
rm -rf "$dest/build"
