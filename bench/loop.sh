# What site.yml does, as a shell script that is piped to one ssh for each host. It changes what is not as it should be.
set -eu
host=$1
put() { # put FILE, content on standard input
	local new; new=$(cat; echo .)
	[ -f "$1" ] && [ "$(cat "$1"; echo .)" = "$new" ] || printf %s "${new%.}" >"$1"
	[ "$(stat -c %a "$1")" = 644 ] || chmod 644 "$1"
}
touch /etc/bench.conf
i=1
while [ $i -le 50 ]; do
	d=/opt/bench/d$i
	[ -d $d ] || mkdir -p $d
	[ "$(stat -c %a $d)" = 755 ] || chmod 755 $d
	echo "number $i of $host" | put $d/file
	{
		echo "# $host, number $i"
		k=0
		while [ $k -lt 10 ]; do
			echo "option_$k = $((k * i))"
			k=$((k + 1))
		done
		[ $((i % 2)) = 1 ] || echo "even = true"
	} | put $d/bench.conf
	[ "$(getent passwd bench$i | cut -d: -f5,7)" = "number $i:/bin/sh" ] || useradd -M -s /bin/sh -c "number $i" bench$i
	grep -qxF "key$i = $((i * 2))" /etc/bench.conf || echo "key$i = $((i * 2))" >>/etc/bench.conf
	cat $d/file >/dev/null
	systemctl is-active -q bench@$i || systemctl start bench@$i
	systemctl is-enabled -q bench@$i || systemctl enable -q bench@$i
	i=$((i + 1))
done
for p in adduser apt base-files base-passwd bash bsdutils ca-certificates coreutils cron cron-daemon-common dash dbus debconf \
	debian-archive-keyring debianutils diffutils dpkg findutils grep gzip hostname init-system-helpers iproute2 iputils-ping \
	kmod less libbz2-1.0 libc-bin libc-l10n libcap2-bin libpam-modules libpam-modules-bin libpam-runtime libtext-charwidth-perl libtext-wrapi18n-perl locales login login.defs logrotate lsof mawk media-types mount ncurses-base ncurses-bin \
	netbase nftables openssh-client passwd perl; do
	dpkg-query -W -f '${db:Status-Status}' $p >/dev/null || apt-get -q -y install $p
done
