#!/bin/bash
# Makes the captures of samples/ again: real mail clients log in to a real Dovecot, tcpdump writes down what passes, tshark says what is in it.
#
#   scripts/make-samples.sh [NAME ...]        all samples, or the named ones
#
# Root on Debian 12, with the programs of scripts/install-test-programs.sh and this package's devDependencies. Everything happens inside network,
# mount and process namespaces of its own: nothing leaves the machine, the system's Dovecot and its files are not touched, and whatever was
# started ends with the script.
#
# The sample dovecot-2.4 needs a Dovecot that knows JA3 (2.4 or later) unpacked into a folder: DOVECOT24_ROOT=/folder/root. Without it that sample
# stays as it is.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ "${1-}" != --inside ]; then
  [ "$(id -u)" = 0 ] || { echo "make-samples.sh: needs root, for network namespaces" >&2; exit 2; }
  work=$(mktemp -d)
  chmod 755 "$work"
  trap 'rm -rf "$work"' EXIT
  unshare --mount --net --pid --fork --kill-child --mount-proc -- "${BASH_SOURCE[0]}" --inside "$work" "$@"
  exit
fi

work=$2
shift 2
# PID 1 of its namespace: when it goes, every process in it goes.
trap 'exit 130' INT TERM

PATH=$PATH:/usr/sbin:/sbin
export HOME=$work/home TERM=xterm LANG=C.UTF-8
mkdir -p "$HOME"

# shellcheck source-path=SCRIPTDIR
source "$repository/scripts/samples/network.sh"
source "$repository/scripts/samples/servers.sh"
source "$repository/scripts/samples/clients.sh"
source "$repository/scripts/samples/scenarios.sh"

make_network
make_certificates
start_servers
write_client_settings

for name in "${@:-${scenarios[@]}}"; do
  "sample_${name//[-.]/_}"
done
