# The servers: Debian's Dovecot with settings of its own, haproxy before it, and a place where submitted mail ends.
# Sourced by make-samples.sh. Passwords here are examples and no secret: every user's is `example`.

make_certificates() {
  cd "$work"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj '/CN=Example CA' \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj '/CN=mail.example.org' 2>/dev/null
  printf '%s\n' 'subjectAltName=DNS:mail.example.org,DNS:balancer.example.org,DNS:retry.example.org,DNS:mail24.example.org,IP:192.0.2.25,IP:2001:db8::25' basicConstraints=CA:FALSE \
    extendedKeyUsage=serverAuth keyUsage=digitalSignature >server.ext
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.pem 2>/dev/null
  cd "$repository"
}

start_servers() {
  # Dovecot's submission service hands mail on; this takes it and drops it.
  /usr/bin/python3 -W ignore -m smtpd -n -c DebuggingServer 127.0.0.1:2525 >"$work/sink.log" 2>&1 &
  write_dovecot_settings mail 'listen = 192.0.2.25, 2001:db8::25'
  write_dovecot_settings retry 'listen = 192.0.2.26, 2001:db8::26' 'ssl_curve_list = P-384'
  write_dovecot_settings notls 'listen = 192.0.2.27' 'ssl = no'
  local name
  for name in mail retry notls; do dovecot -c "$work/$name.conf"; done
  start_haproxy
}

# write_dovecot_settings NAME SETTING ...: writes NAME.conf, with the settings in which this instance differs at its end.
write_dovecot_settings() {
  local name=$1
  shift
  mkdir -p "$work/$name.base" "$work/$name.state" "$work/mail"
  chown mail: "$work/mail"
  cat >"$work/$name.conf" <<CONF
base_dir = $work/$name.base
state_dir = $work/$name.state
instance_name = $name
log_path = $work/$name.log
protocols = imap pop3 submission sieve
hostname = mail.example.org
submission_relay_host = 127.0.0.1
submission_relay_port = 2525
ssl_cert = <$work/server.pem
ssl_key = <$work/server.key
ssl = yes
disable_plaintext_auth = no
haproxy_trusted_networks = 192.0.2.40 2001:db8::40
mail_location = maildir:$work/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 100
passdb {
  driver = static
  args = password=example
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$work/mail/%u
}
# One process for all logins of a service, so that it knows its own session tickets again.
service imap-login {
  service_count = 0
  process_limit = 1
  inet_listener imap_proxied {
    port = 10143
    haproxy = yes
  }
  inet_listener imaps_proxied {
    port = 10993
    ssl = yes
    haproxy = yes
  }
}
service pop3-login {
  service_count = 0
  process_limit = 1
}
service submission-login {
  inet_listener submissions {
    port = 465
    ssl = yes
  }
}
CONF
  printf '%s\n' "$@" >>"$work/$name.conf"
}

# haproxy hands connections on behind a PROXY header: version 1 from port 143, version 2 from port 993.
start_haproxy() {
  local name bind backend
  for name in balancer=192.0.2.40=192.0.2.25 balancer6=2001:db8::40=[2001:db8::25]; do
    IFS='=' read -r name bind backend <<<"$name"
    cat >"$work/$name.cfg" <<CONF
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen imap
  bind $bind:143
  server mail $backend:10143 send-proxy
listen imaps
  bind $bind:993
  server mail $backend:10993 send-proxy-v2
CONF
    ip netns exec "$name" haproxy -f "$work/$name.cfg" >"$work/$name.log" 2>&1 &
  done
}

# start_dovecot24: the Dovecot in $DOVECOT24_ROOT, which writes ja3 into its login lines. It runs chrooted, so its paths begin there.
start_dovecot24() {
  local home=$DOVECOT24_ROOT/srv/samples
  rm -rf "$home"
  mkdir -p "$home/base" "$home/state" "$home/mail"
  chmod 777 "$home/mail"
  cp "$work/server.pem" "$work/server.key" "$home"
  cat >"$home/dovecot.conf" <<'CONF'
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = /srv/samples/base
state_dir = /srv/samples/state
log_path = /srv/samples/dovecot.log
listen = 192.0.2.28, 2001:db8::28
protocols {
  imap = yes
  pop3 = yes
  submission = yes
}
hostname = mail24.example.org
submission_relay_host = 127.0.0.1
submission_relay_port = 2525
ssl = yes
ssl_server_cert_file = /srv/samples/server.pem
ssl_server_key_file = /srv/samples/server.key
ssl_curve_list = X25519MLKEM768:X25519:P-256
mail_driver = maildir
mail_path = /srv/samples/mail/%{user}
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
passdb static {
  password = example
}
userdb static {
  fields {
    uid = nobody
    gid = nogroup
    home = /srv/samples/mail/%{user}
  }
}
login_log_format_elements = user=<%{user}> rip=%{remote_ip} rport=%{remote_port} %{secured} ja3h=%{ssl_ja3_hash} ja3=%{ssl_ja3}
service submission-login {
  inet_listener submissions {
    port = 465
    ssl = yes
  }
}
CONF
  chroot "$DOVECOT24_ROOT" /usr/sbin/dovecot -c /srv/samples/dovecot.conf
}
