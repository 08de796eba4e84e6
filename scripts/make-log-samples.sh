#!/bin/bash
# Makes the logs of samples/logs again: clients log in, or fail to, in every way to real Dovecots, which write it down.
#
#   DOVECOT24_ROOT=/folder/root scripts/make-log-samples.sh        a Dovecot 2.4 unpacked into a folder
#
# Root on Debian 12 with dovecot-imapd, -pop3d, -submissiond, -managesieved, rsyslog (or RSYSLOG_ROOT=/folder where its packages are unpacked) and
# systemd's journald. Everything happens inside network, mount and process namespaces of its own: nothing leaves the machine, the system's Dovecot,
# syslog and journal are not touched, and whatever was started ends with the script.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${DOVECOT24_ROOT:?a Dovecot 2.4 is needed}"

if [ "${1-}" != --inside ]; then
  [ "$(id -u)" = 0 ] || { echo "make-log-samples.sh: needs root, for network namespaces" >&2; exit 2; }
  work=$(mktemp -d)
  chmod 755 "$work"
  trap 'rm -rf "$work"' EXIT
  unshare --mount --net --uts --pid --fork --kill-child --mount-proc -- "${BASH_SOURCE[0]}" --inside "$work"
  exit
fi
work=$2
# PID 1 of its namespace: when it goes, every process in it goes.
trap 'exit 130' INT TERM
PATH=$PATH:/usr/sbin:/sbin
export LANG=C.UTF-8 TZ=UTC
# shellcheck source-path=SCRIPTDIR
source "$repository/scripts/samples/network.sh"
source "$repository/scripts/samples/servers.sh"
samples=$repository/samples/logs
hostname mail
elements23='user=<%u> method=%m rip=%r rport=%b lip=%l lport=%a mpid=%e %c session=<%{session}> ssl_ja3_hash=%{passdb:forward_ssl_ja3_hash} ssl_ja3=%{passdb:forward_ssl_ja3}'
elements24='user=<%{user}> method=%{mechanism} rip=%{remote_ip} rport=%{remote_port} lip=%{local_ip} lport=%{local_port} mpid=%{mail_pid} %{secured} session=<%{session}> ssl_ja3_hash=%{ssl_ja3_hash} ssl_ja3=%{ssl_ja3}'

# A /dev of our own, so that /dev/log is ours.
make_dev() {
  local node
  mkdir "$work/dev"
  mount -t tmpfs -o mode=755 none "$work/dev"
  for node in "null 3" "zero 5" "full 7" "random 8" "urandom 9"; do
    mknod -m 666 "$work/dev/${node% *}" c 1 "${node#* }"
  done
  ln -s /proc/self/fd "$work/dev/fd"
  mkdir "$work/dev/shm"
  mount --move "$work/dev" /dev
}

# dovecot23 NAME LOG ADDRESS [SETTING ...]
dovecot23() {
  local name=$1 log=$2 address=$3
  shift 3
  write_dovecot_settings "$name" "listen = $address" "$@"
  # instance_name would be the program's name in syslog, where `dovecot` is what everybody has
  sed -i "/^log_path/d; /^disable_plaintext_auth/d; /^instance_name/d" "$work/$name.conf"
  [ "$log" = syslog ] || echo "log_path = $log" >>"$work/$name.conf"
  cat >>"$work/$name.conf" <<CONF
disable_plaintext_auth = yes
auth_username_chars =
auth_failure_delay = 0
login_trusted_networks = 198.51.100.34
login_log_format_elements = $elements23
auth_policy_server_url = http://127.0.0.1:4001/
auth_policy_hash_nonce = example
ssl_min_protocol = TLSv1.2
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
CONF
  dovecot -c "$work/$name.conf"
}

# dovecot24 NAME LOG ADDRESS [SETTING ...]
dovecot24() {
  local name=$1 log=$2 address=$3 home=$DOVECOT24_ROOT/srv/logs-$1 inside=/srv/logs-$1
  shift 3
  rm -rf "$home"
  mkdir -p "$home/base" "$home/state" "$home/mail"
  chmod 777 "$home/mail"
  cp "$work/server.pem" "$work/server.key" "$home"
  {
    cat <<CONF
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = $inside/base
state_dir = $inside/state
listen = $address
protocols {
  imap = yes
  pop3 = yes
  submission = yes
  sieve = yes
}
hostname = mail24.example.org
submission_relay_host = 127.0.0.1
submission_relay_port = 2525
ssl = yes
ssl_server_cert_file = $inside/server.pem
ssl_server_key_file = $inside/server.key
mail_driver = maildir
mail_path = $inside/mail/%{user}
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
auth_username_chars =
auth_failure_delay = 0
login_log_format_elements = $elements24
auth_policy_server_url = http://127.0.0.1:4001/
auth_policy_hash_nonce = example
userdb static {
  fields {
    uid = nobody
    gid = nogroup
    home = $inside/mail/%{user}
  }
}
service submission-login {
  inet_listener submissions {
    port = 465
    ssl = yes
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
CONF
    [ "$log" = syslog ] || echo "log_path = $log"
    printf '%s\n' "$@"
  } >"$home/dovecot.conf"
  chroot "$DOVECOT24_ROOT" /usr/sbin/dovecot -c "$inside/dovecot.conf"
}

static24='passdb static {
  password = example
}'
# Whoever says `example` is let in, whatever the name.
situations() { from alice /usr/bin/python3 "$repository/scripts/samples/situations.py" "$1" "$work/ca.pem" "${@:2}"; }

logs_of_their_own() {
  rm -f "$DOVECOT24_ROOT"/srv/{dovecot,proxy}-2.4.log
  dovecot23 mail "$work/dovecot-2.3.log" 192.0.2.25
  dovecot24 mail24 /srv/dovecot-2.4.log 192.0.2.28 "$static24"
  # proxies in front of those two
  dovecot23 proxy "$work/proxy-2.3.log" 192.0.2.26 'log_timestamp = "%Y-%m-%d %H:%M:%S "'
  sed -i 's/args = password=example/args = proxy=y nopassword=y host=192.0.2.28 port=993 ssl=any-cert/' "$work/proxy.conf"
  doveadm -c "$work/proxy.conf" reload
  dovecot24 proxy24 /srv/proxy-2.4.log 192.0.2.27 'log_timestamp = "%Y-%m-%dT%H:%M:%S.%{usecs}%z "' 'passdb static {
  fields {
    proxy = y
    nopassword = y
    host = 192.0.2.25
    port = 993
    ssl = any-cert
  }
}'
  sleep 1
  situations 192.0.2.25
  situations 192.0.2.28
  from bob /usr/bin/python3 "$repository/scripts/samples/situations.py" 192.0.2.25 "$work/ca.pem" \
    "b7e9d913d85c071f5b806d59601e9b96,771,4866-4867-4865-4868-49196-52393-49325-49162-49195-49324-49161-49200-52392-49172-49199-49171-157-49309-53-156-49308-47-159-52394-49311-57-158-49310-51,5-10-11-13-22-23-35-51-43-65281-0-45,23-24-25-29-30-256-257-258-259-260,0"
  situations 192.0.2.26 proxied
  situations 192.0.2.27 proxied
  sleep 1
  stop_servers
  cp "$work/dovecot-2.3.log" "$work/proxy-2.3.log" "$DOVECOT24_ROOT/srv/dovecot-2.4.log" "$DOVECOT24_ROOT/srv/proxy-2.4.log" "$samples"
}

stop_servers() {
  local file
  for file in "$work"/*.base/master.pid "$DOVECOT24_ROOT"/srv/logs-*/base/master.pid; do
    [ -e "$file" ] && kill "$(cat "$file")" && while [ -e "$file" ]; do sleep 0.1; done
  done
  true
}

logs_of_syslog() {
  export LD_LIBRARY_PATH=${RSYSLOG_ROOT-}/usr/lib/x86_64-linux-gnu
  local modules=${RSYSLOG_ROOT-}/usr/lib/x86_64-linux-gnu/rsyslog
  cat >"$work/rsyslog.conf" <<CONF
global(workDirectory="$work" preserveFQDN="off")
module(load="imuxsock" SysSock.Name="/dev/log" SysSock.RateLimit.Interval="0")
action(type="omfile" file="$work/syslog-traditional.log" template="RSYSLOG_TraditionalFileFormat")
action(type="omfile" file="$work/syslog-iso.log" template="RSYSLOG_FileFormat")
action(type="omfile" file="$work/syslog-rfc5424.log" template="RSYSLOG_SyslogProtocol23Format")
CONF
  "${RSYSLOG_ROOT-}/usr/sbin/rsyslogd" -n -f "$work/rsyslog.conf" -i "$work/rsyslog.pid" -M "$modules" &
  local rsyslogd=$!
  unset LD_LIBRARY_PATH
  until [ -S /dev/log ]; do sleep 0.1; done
  few_logins
  kill "$rsyslogd"
  wait "$rsyslogd" || true
  local file
  for file in "$work"/syslog-*.log; do grep -a dovecot "$file" >"$samples/${file##*/}"; done
}

few_logins() {
  touch "$DOVECOT24_ROOT/dev/log"
  mount --bind /dev/log "$DOVECOT24_ROOT/dev/log"
  dovecot23 mail syslog 192.0.2.25
  dovecot24 mail24 syslog 192.0.2.28 "$static24"
  sleep 1
  situations 192.0.2.25 few
  situations 192.0.2.28 few
  sleep 1
  stop_servers
  umount "$DOVECOT24_ROOT/dev/log"
  umount -q /dev/log || true
  rm -f "$DOVECOT24_ROOT/dev/log" /dev/log
}

logs_of_the_journal() {
  mount -t tmpfs none /run/log
  mount -t tmpfs none /run/systemd
  mkdir -p /run/log/journal /run/systemd/journal
  /lib/systemd/systemd-journald &
  local journald=$!
  until [ -S /run/systemd/journal/dev-log ]; do sleep 0.1; done
  touch /dev/log
  mount --bind /run/systemd/journal/dev-log /dev/log
  few_logins
  kill "$journald"
  wait "$journald" || true
  local format
  for format in short short-iso short-iso-precise short-precise short-full short-unix json; do
    # of the machine that made it nothing is kept: the names of its boot and of its programs' files
    journalctl -D /run/log/journal -t dovecot -o "$format" --output-fields=MESSAGE,SYSLOG_IDENTIFIER,PRIORITY,_PID,_HOSTNAME,_SOURCE_REALTIME_TIMESTAMP \
      --no-pager | sed -E 's/("_BOOT_ID":")[0-9a-f]*/\100000000000000000000000000000000/; s/("__CURSOR":")[^"]*/\1/' >"$samples/journal-$format.log"
  done
}

make_dev
make_network
make_certificates
/usr/bin/python3 "$repository/scripts/samples/policy-that-refuses.py" 4001 &
/usr/bin/python3 -W ignore -m smtpd -n -c DebuggingServer 127.0.0.1:2525 >"$work/sink.log" 2>&1 &
mkdir -p "$samples"
logs_of_their_own
logs_of_syslog
logs_of_the_journal
