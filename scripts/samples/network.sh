# A mail server and its clients, each in a network namespace, joined by a bridge. Addresses are those reserved for documentation (RFC 5737, RFC 3849).
# Sourced by make-samples.sh; $work is its temporary folder.

# Faces of the server: mail as it should be, retry takes no key share a client sends first, notls has no TLS, mail24 is a Dovecot that knows JA3.
server_hosts="192.0.2.25=mail 2001:db8::25=mail 192.0.2.26=retry 2001:db8::26=retry 192.0.2.27=notls
  192.0.2.28=mail24 2001:db8::28=mail24"
# name and address; one family each, so that a program that asks for mail.example.org takes that family
clients="alice=198.51.100.21 bob=198.51.100.34 carol=203.0.113.77 frank=203.0.113.142
  dave=2001:db8:51::d5 erin=2001:db8:77::1f balancer=192.0.2.40 balancer6=2001:db8::40"

make_network() {
  # Namespaces are named by files here; this copy of the folder is seen by this script alone.
  mkdir -p /run/netns
  mount -t tmpfs none /run/netns
  printf '%s\n' '127.0.0.1 localhost' '::1 localhost' '192.0.2.40 balancer.example.org' '2001:db8::40 balancer.example.org' >"$work/hosts"

  ip link set lo up
  ip link add br0 type bridge
  local entry name address
  for entry in $server_hosts; do
    address=${entry%%=*}
    echo "$address ${entry#*=}.example.org" >>"$work/hosts"
    case $address in
      *:*) ip address add "$address/64" dev br0 nodad ;;
      *) ip address add "$address/24" dev br0 ;;
    esac
  done
  mount --bind "$work/hosts" /etc/hosts
  # nobody answers there, which programs notice at once, and do not wait for a server that cannot be reached
  printf '%s\n' 'nameserver 127.0.0.1' 'options timeout:1 attempts:1' >"$work/resolv.conf"
  mount --bind "$work/resolv.conf" /etc/resolv.conf
  ip link set br0 up
  ip route add 198.51.100.0/24 dev br0
  ip route add 203.0.113.0/24 dev br0
  ip route add 2001:db8::/32 dev br0
  without_offload br0

  for entry in $clients; do
    name=${entry%%=*} address=${entry#*=}
    ip netns add "$name"
    ip link add "to-$name" type veth peer name eth0 netns "$name"
    ip link set "to-$name" master br0 up
    without_offload "to-$name"
    ip -n "$name" link set lo up
    case $address in
      *:*) ip -n "$name" address add "$address/128" dev eth0 nodad ;;
      *) ip -n "$name" address add "$address/32" dev eth0 ;;
    esac
    ip -n "$name" link set eth0 up
    ip netns exec "$name" bash -c "$(declare -f without_offload); without_offload eth0"
    case $address in
      *:*) ip -n "$name" -6 route add default dev eth0 ;;
      *) ip -n "$name" route add default dev eth0 src "$address" ;;
    esac
  done
}

# Segments are captured as a wire would carry them: not joined beyond the MTU, with their checksums filled in.
without_offload() {
  ethtool -K "$1" tx off rx off tso off gso off gro off >/dev/null 2>&1
}

# from NAME PROGRAM ARG ...: runs a program where NAME is. What it says is kept for the case that it fails.
from() {
  local name=$1 status=0 said=$work/said.$BASHPID
  shift
  timeout -k 2 30 ip netns exec "$name" "$@" >"$said" 2>&1 || status=$?
  if [ "$status" != 0 ] && [ -z "${expect_failure-}" ]; then
    echo "make-samples.sh: $name: $1 ended with $status" >&2
    cat "$said" >&2
  fi
  return 0
}

# record FILE FILTER FUNCTION: writes what passes the server while FUNCTION runs, as FILE (pcap, or pcapng by its name).
record() {
  local file=$1 filter=$2 scenario=$3 pcap=$work/recorded.pcap
  # --immediate-mode: without it the kernel hands packets over in batches, and those of the last moments are lost
  tcpdump -i br0 --immediate-mode -U -s 0 -w "$pcap" "$filter" 2>"$work/tcpdump.log" &
  local tcpdump=$!
  until grep -q 'listening on' "$work/tcpdump.log"; do sleep 0.05; done
  "$scenario"
  sleep 0.5 # the last acknowledgements
  kill -INT "$tcpdump"
  wait "$tcpdump" || true
  case $file in
    *.pcapng) editcap -F pcapng "$pcap" "$file" ;;
    *) cp "$pcap" "$file" ;;
  esac
}
