#!/bin/sh
# Installs the programs that the real-program tests and scripts/make-samples.sh run, with apt. No service is started.
#
#   scripts/install-test-programs.sh
#
# Needs root on Debian or Ubuntu; elsewhere it says what is missing and leaves with 0, and the tests that need a missing program skip, saying so.
set -eu

packages="tshark wireshark-common tcpdump openssl curl mutt gnutls-bin swaks isync msmtp fetchmail sieve-connect haproxy python3
  dovecot-imapd dovecot-pop3d dovecot-submissiond dovecot-managesieved iproute2 ethtool util-linux bsdutils procps time"
programs="tshark editcap tcpdump openssl curl mutt gnutls-cli swaks mbsync msmtp fetchmail sieve-connect haproxy python3 dovecot ip ethtool unshare script"
PATH=$PATH:/usr/sbin:/sbin

missing() {
  for program in $programs; do command -v "$program" >/dev/null || printf '%s ' "$program"; done
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
    apt-get -qq update >"$log" 2>&1 && apt-get -qq -y --no-install-recommends install $packages >>"$log" 2>&1
  }
  install || { sleep 5 && install; } || { cat "$log" >&2; rm -f "$log"; exit 1; }
  rm -f "$log"
fi

left=$(missing)
[ -z "$left" ] || { echo "test programs: still missing $left" >&2; exit 1; }
# shellcheck disable=SC2086
dpkg-query -W -f '${Package} ${Version}\n' $packages 2>/dev/null || for program in $programs; do command -v "$program"; done
