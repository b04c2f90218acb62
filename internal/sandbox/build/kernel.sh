# kernel.sh DEST BASE NAME HOME VERSION: the distribution's PostgreSQL as another kernel has it: a package of the kernel's name, with all that
# it needs below the kernel's directory. The programs have their directories compiled in as texts that end with a NUL: a shorter text
# takes the place of a longer one.
dest=$1 base=$2 name=$3 home=$4 version=$5
layer "$base" "$dest/build"
root=$dest/build/root
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

say "kernel: downloading PostgreSQL $version"
chroot "$root" apt-get -q update
chroot "$root" sh -euc "cd /tmp && apt-get -q -o APT::Sandbox::User=root download postgresql-$version postgresql-client-$version && mkdir all && for d in *.deb; do dpkg-deb -x \$d all; done"
needs=$(chroot "$root" sh -c "for d in /tmp/*.deb; do dpkg-deb -f \$d Depends; done" | tr '\n' ',' | tr ',' '\n' | sed 's/^ *//' | grep '^lib' | grep -v '^libjson-perl' | sort -u | paste -sd, | sed 's/,/, /g')
full=$(chroot "$root" sh -c "dpkg-deb -f /tmp/postgresql-${version}_*.deb Version" | sed 's/[-+].*//')

say "kernel: packing $name below $home"
pkg=$dest/build/pkg
mkdir -p "$pkg/DEBIAN" "$pkg$home"
cp -a "$root/tmp/all/usr/lib/postgresql/$version/." "$pkg$home/"
cp -a "$root/tmp/all/usr/share/postgresql/$version" "$pkg$home/share"
find "$pkg$home" -type f \( -path '*/bin/*' -o -name '*.so' \) -exec perl -0777 -pi -e '
	BEGIN { ($home, $version) = splice(@ARGV, 0, 2) }
	for my $move (["/usr/lib/postgresql/$version/lib", "$home/lib"], ["/usr/lib/postgresql/$version/bin", "$home/bin"], ["/usr/share/postgresql/$version", "$home/share"]) {
		my ($was, $now) = @$move;
		my $text = $now . "\0" x (length($was) - length($now));
		s/\Q$was\E(?=\0)/$text/g;
	}' "$home" "$version" {} +
cat >"$pkg/DEBIAN/control" <<X
Package: $name
Version: $full-1
Architecture: $(chroot "$root" dpkg --print-architecture)
Maintainer: the sandbox <root@localhost>
Section: database
Priority: optional
Depends: $needs
Description: PostgreSQL under another name and in another directory, for the sandbox
X
dpkg-deb --root-owner-group -Zgzip -z1 -b "$pkg" "$dest/${name}_${full}-1_$(chroot "$root" dpkg --print-architecture).deb"
umount "$root/proc" "$root"
rm -rf "$dest/build"
