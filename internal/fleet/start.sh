umask 077
unset CDPATH
h=HASH
a=./agent-$h
u=$(id -u)
w=$(pwd)
command -v sha256sum >/dev/null || { echo "pig cannot: sha256sum not found on the node"; exit 1; }
enter() {
	make=$1; cd -P "$2" 2>/dev/null || return 1; shift 2
	for n; do
		p=$(pwd -P); [ "$p" != / ] || p=
		[ -d "./$n" ] || $make "./$n" 2>/dev/null
		cd -P "./$n" 2>/dev/null && [ "$(pwd -P)" = "$p/$n" ] || return 1
	done
	[ -O . ] && case $(ls -ld .) in d????-??-*) ;; *) return 1 ;; esac
}
place() {
	case $2 in
	1) case $HOME in /*) enter $1 "$HOME" .cache pig ;; *) return 1 ;; esac ;;
	2) enter $1 /var/lib pig ;;
	3) enter $1 "/run/user/$u" pig ;;
	4) enter $1 /var/tmp "pig-$u" ;;
	5) enter $1 /tmp "pig-$u" ;;
	esac
}
ok() { [ -f "$1" ] && [ -x "$1" ] && [ "$(sha256sum "$1" | cut -c1-64)" = "$h" ]; }
start() { echo pig have; BECOME; exit 1; }
for i in 1 2 3 4 5; do
	if place : $i && ok "$a" 2>/dev/null; then touch "$a"; start; fi
done
for i in 1 2 3 4 5; do
	place mkdir $i || continue
	y=./.try.$$; { printf '#!/bin/sh\nexit 0\n' >$y; } 2>/dev/null && chmod 700 $y && $y 2>/dev/null; r=$?; rm -f $y; [ $r = 0 ] || continue
	t=$a.$$; p=$a.part; rm -f "$t"
	while echo "pig need $(pwd -P)"; read -r how || exit 1; [ "$how" = part ]; do
		{ cat "$p" >"$t" && chmod 700 "$t" && ok "$t" && mv -f "$t" "$a"; } 2>/dev/null
		rm -f "$t" "$p"
		! ok "$a" 2>/dev/null || start
	done
	{ head -c SIZE >"$t" && chmod 700 "$t" && ok "$t" && mv -f "$t" "$a"; } 2>/dev/null ||
		{ rm -f "$t"; echo "pig cannot: the agent did not arrive whole in $(pwd) (is the disk full?)"; exit 1; }
	rm -f "$p"
	find . -name 'agent-*' -type f -mtime +30 -exec rm -f {} + 2>/dev/null
	start
done
echo "pig cannot: no directory of this account where the agent may be kept and run (tried ~/.cache/pig, /var/lib/pig, /run/user/$u/pig, /var/tmp/pig-$u, /tmp/pig-$u)"
exit 1
