# stock.sh DEST REPO PACKAGE...: the packages of the repository REPO, and those of the directories that source.sh made.
dest=$1 repo=$2
shift 2
cp -al "$repo/." "$dest/"
rm -rf "$dest/.users" "$dest/Packages" "$dest/Packages.gz"
cp "$repo/Packages" "$dest/Packages"
for p in "$@"; do
	cp -l "$p"/*.deb "$dest/"
	cat "$p/Packages" >>"$dest/Packages"
done
gzip -9nk "$dest/Packages"
