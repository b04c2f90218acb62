# kernel.sh DEST BASE SUITE NAME HOME VERSION: PostgreSQL, built from the distribution's source under the name and below the directory of
# another kernel of PostgreSQL, as a package.
dest=$1 base=$2 suite=$3 name=$4 home=$5 version=$6
layer "$base" "$dest/build"
root=$dest/build/root
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
inside() { chroot "$root" "$@"; }

say "kernel: reading the package lists, of sources too"
find "$root/etc/apt" -name '*.list' -exec sed -i 's/^deb \(.*\)/deb \1\ndeb-src \1/' {} +
find "$root/etc/apt" -name '*.sources' -exec sed -i 's/^Types: deb$/Types: deb deb-src/' {} +
inside apt-get -q update
inside apt-get -q -y --no-install-recommends install build-essential bison flex pkg-config perl libssl-dev liblz4-dev libicu-dev libreadline-dev zlib1g-dev

say "kernel: building PostgreSQL $version for $home (minutes)"
inside sh -euc "
cd /tmp
apt-get -q --download-only -o APT::Sandbox::User=root source postgresql-$version
mkdir source package
tar xf postgresql-${version}_*.orig.tar.* -C source --strip-components 1
cd source
CFLAGS='-O1 -w' ./configure -q --prefix=$home --with-ssl=openssl --with-lz4 --with-icu
make -s -j2 world-bin
make -s install-world-bin DESTDIR=/tmp/package
strip --strip-unneeded /tmp/package$home/bin/* 2>/dev/null || true
"

say "kernel: packing"
pkg=$root/tmp/package
needs=$(inside sh -c "find /tmp/package -type f -perm /111 -exec ldd {} + 2>/dev/null" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | sort -u | grep -v "/tmp/package" | while read -r lib; do
	inside dpkg -S "$(inside readlink -f "$lib")" 2>/dev/null || inside dpkg -S "$lib" 2>/dev/null || true
done | cut -d: -f1 | sort -u | grep -v -e -dev | paste -sd, | sed 's/,/, /g')
full=$(cat "$root/tmp/source/configure" | sed -n "s/^PACKAGE_VERSION='\(.*\)'/\1/p")
mkdir -p "$pkg/DEBIAN"
cat >"$pkg/DEBIAN/control" <<X
Package: $name
Version: $full-1
Architecture: $(inside dpkg --print-architecture)
Maintainer: the sandbox <root@localhost>
Section: database
Priority: optional
Depends: $needs
Description: PostgreSQL of $suite, built under another name for the sandbox
X
dpkg-deb --root-owner-group -Zgzip -z1 -b "$pkg" "$dest/${name}_${full}-1_$(inside dpkg --print-architecture).deb"
umount "$root/proc" "$root"
rm -rf "$dest/build"
