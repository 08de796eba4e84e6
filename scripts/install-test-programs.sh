#!/bin/sh
# Installs the programs that the real-program tests and scripts/make-samples.sh run, with apt. No service is started.
#
#   scripts/install-test-programs.sh
#
# Exim and Cyrus, which Debian does not let stand beside Postfix and Dovecot, are unpacked into a folder of their own (JA3_SENSOR_TEST_PROGRAMS,
# /var/cache/ja3-sensor-test-programs unless set), and only their libraries are installed. Exim asks for its user by name, so that is made.
#
# Needs root on Debian or Ubuntu; elsewhere it says what is missing and leaves with 0, and the tests that need a missing program skip, saying so.
set -eu

packages="tshark wireshark-common tcpdump openssl curl mutt gnutls-bin swaks isync msmtp fetchmail sieve-connect haproxy python3
  dovecot-imapd dovecot-pop3d dovecot-submissiond dovecot-managesieved postfix sasl2-bin fail2ban systemd iproute2 ethtool util-linux bsdutils procps time"
programs="tshark editcap tcpdump openssl curl mutt gnutls-cli swaks mbsync msmtp fetchmail sieve-connect haproxy python3 dovecot postfix saslpasswd2 fail2ban-regex systemd-socket-activate ip ethtool unshare script"
PATH=$PATH:/usr/sbin:/sbin
unpacked=${JA3_SENSOR_TEST_PROGRAMS:-/var/cache/ja3-sensor-test-programs}
exim="exim4-daemon-heavy"
cyrus="cyrus-imapd cyrus-common"

missing() {
  for program in $programs; do command -v "$program" >/dev/null || printf '%s ' "$program"; done
  [ -x "$unpacked/exim/usr/sbin/exim4" ] || printf 'exim '
  [ -x "$unpacked/cyrus/usr/lib/cyrus/bin/imapd" ] || printf 'cyrus '
  id Debian-exim >/dev/null 2>&1 || printf 'user Debian-exim '
}

# unpack FOLDER PACKAGE…: into a folder beside, which then gets its name in one step
unpack() {
  folder=$unpacked/$1
  shift
  [ ! -d "$folder" ] || return 0
  mkdir -p "$unpacked"
  fresh=$(mktemp -d "$unpacked/fresh.XXXXXX")
  chmod 755 "$fresh"
  (cd "$fresh" && apt-get -qq -o APT::Sandbox::User=root download "$@" && for deb in *.deb; do dpkg-deb -x "$deb" . && rm "$deb"; done)
  mv "$fresh" "$folder"
}

# The libraries that the unpacked ones need: the first of each alternative.
libraries() {
  # lists of words
  # shellcheck disable=SC2086
  apt-cache show --no-all-versions $exim $cyrus | sed -n 's/^Depends: //p' | tr ',' '\n' | sed 's/[(|:].*//; s/ //g' | grep '^lib' | sort -u
}

if [ -z "$(missing)" ]; then
  echo "test programs: all there"
elif [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "test programs: missing $(missing)(not root on a Debian, so nothing is installed; tests that need them skip)"
  exit 0
else
  # invoke-rc.d asks this file before it starts a service: 101 forbids it.
  policy=/usr/sbin/policy-rc.d
  kept=
  [ ! -e "$policy" ] || { kept=$(mktemp) && cp -p "$policy" "$kept"; }
  restore() {
    if [ -n "$kept" ]; then cp -p "$kept" "$policy" && rm -f "$kept"; else rm -f "$policy"; fi
  }
  trap restore EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"

  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  install() {
    # $packages is a list of words
    # shellcheck disable=SC2086
    apt-get -qq update >"$log" 2>&1 && apt-get -qq -y --no-install-recommends install $packages $(libraries) >>"$log" 2>&1 &&
      unpack exim $exim >>"$log" 2>&1 && unpack cyrus $cyrus >>"$log" 2>&1
  }
  install || { sleep 5 && install; } || { cat "$log" >&2; rm -f "$log"; exit 1; }
  rm -f "$log"
  id Debian-exim >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir /var/spool/exim4 --shell /usr/sbin/nologin Debian-exim
fi

left=$(missing)
[ -z "$left" ] || { echo "test programs: still missing $left" >&2; exit 1; }
# shellcheck disable=SC2086
dpkg-query -W -f '${Package} ${Version}\n' $packages 2>/dev/null || for program in $programs; do command -v "$program"; done
