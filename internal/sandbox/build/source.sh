# source.sh DEST GO ARCH NAME MODULE DIRECTORY VERSION WORD...: a package of one Go program, built from its source, and its
# stanza of an index. The module is built where it was downloaded to, as its own authors do: what it replaces stays replaced.
dest=$1 go=$2 arch=$3 name=$4 module=$5 directory=$6 version=$7
shift 7
say "$name: building $version from source (minutes)"
work=$dest/build
pkg=$work/pkg
mkdir -p "$pkg/DEBIAN" "$pkg/usr/bin"
export GOTOOLCHAIN=auto CGO_ENABLED=0
cd "$work"
source=$("$go" mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
cp "$source/go.mod" "$source/go.sum" "$work/"
cd "$source"
"$go" build -trimpath -buildvcs=false -mod=mod -modfile="$work/go.mod" -ldflags '-s -w' -o "$pkg/usr/bin/$name" "./$directory"

version=${version#v}
version=${version#0.0.0-}
cat >"$pkg/DEBIAN/control" <<X
Package: $name
Version: $version
Architecture: $arch
Maintainer: the sandbox <root@localhost>
Section: net
Priority: optional
Description: $*, built from source for the sandbox
X
file=${name}_${version}_$arch.deb
dpkg-deb --root-owner-group -Zgzip -z1 -b "$pkg" "$dest/$file"
{
	cat "$pkg/DEBIAN/control"
	echo "Filename: ./$file"
	echo "Size: $(stat -c %s "$dest/$file")"
	echo "SHA256: $(sha256sum "$dest/$file" | cut -d' ' -f1)"
	echo
} >"$dest/Packages"
cd /
rm -rf "$work"
