# minio.sh DEST REPO GO VERSION ARCH: the packages of REPO and one of the MinIO server, which Debian does not have, built
# from its source.
dest=$1 repo=$2 go=$3 version=$4 arch=$5
say "minio: building $version from source (minutes)"
work=$dest/build
pkg=$work/pkg
mkdir -p "$pkg/DEBIAN" "$pkg/usr/bin" "$work/bin"
GOBIN=$work/bin GOFLAGS=-trimpath GOTOOLCHAIN=auto CGO_ENABLED=0 "$go" install -ldflags '-s -w' "github.com/minio/minio@$version"
install -m 755 "$work/bin/minio" "$pkg/usr/bin/minio"
cat >"$pkg/DEBIAN/control" <<X
Package: minio
Version: ${version#v0.0.0-}
Architecture: $arch
Maintainer: the sandbox <root@localhost>
Section: net
Priority: optional
Description: object storage that speaks S3, built from source for the sandbox
X
file=minio_${version#v0.0.0-}_$arch.deb
dpkg-deb --root-owner-group -Zgzip -z1 -b "$pkg" "$dest/$file"

say "minio: describing"
cp -al "$repo/." "$dest/"
rm -rf "$dest/.users" "$dest/Packages" "$dest/Packages.gz"
{
	cat "$repo/Packages"
	cat "$pkg/DEBIAN/control"
	echo "Filename: ./$file"
	echo "Size: $(stat -c %s "$dest/$file")"
	echo "SHA256: $(sha256sum "$dest/$file" | cut -d' ' -f1)"
	echo
} >"$dest/Packages"
gzip -9nk "$dest/Packages"
rm -rf "$work"
