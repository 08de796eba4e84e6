# What is captured: one function a sample. Sourced by make-samples.sh.

# mail-logins comes last: its README.md lists the others
scenarios=(imaps imap-starttls pop3s pop3-stls submission-starttls sieve-starttls starttls-refused split-hello hello-retry proxy-protocol resumption
  dovecot-2.4 mail-logins)
mail_ports='tcp and (port 143 or 993 or 110 or 995 or 587 or 465 or 4190)'

# sample NAME FILTER FUNCTION ABOUT: captures into samples/NAME/NAME.pcapng and has tshark say what is in it.
sample() {
  local folder=$repository/samples/$1 file
  mkdir -p "$folder"
  file=$folder/$1.pcapng
  record "$file" "$2" "$3"
  describe "$file" "$folder" "$4"
}

# describe CAPTURE FOLDER ABOUT [OPTION ...]: writes expected.json and README.md
describe() {
  local capture=$1 folder=$2 about=$3
  shift 3
  "$repository/node_modules/.bin/tsx" "$repository/scripts/samples/expected.ts" --capture "$capture" --folder "$folder" --about "$about" "$@"
}

sample_mail_logins() {
  record "$repository/samples/mail-logins.pcapng" "$mail_ports" a_morning_on_the_mail_server
  describe "$repository/samples/mail-logins.pcapng" "$repository/samples" \
    "A morning on a mail server: people log in with different programs, at once and one after the other, some by STARTTLS, over IPv4 and IPv6."
}
a_morning_on_the_mail_server() {
  local host=mail.example.org
  mutt_imaps alice $host &
  local first=$!
  fetchmail_pop3_stls carol $host &
  local second=$!
  wait $first $second
  mbsync_imap_starttls bob $host &
  first=$!
  curl_login dave imaps://$host/ &
  second=$!
  wait $first $second
  msmtp_submission alice $host
  python_login carol imaps $host &
  first=$!
  mutt_imap_starttls erin $host &
  second=$!
  swaks_submission frank $host
  wait $first $second
  sieve_connect bob $host
  node_imaps frank $host
  python_login dave submission $host
  gnutls_login frank $host 143 --starttls-proto=imap
  curl_login erin pop3s://$host/
  msmtp_submissions erin $host
  openssl_login carol $host 993
  python_login bob pop3 $host
}

sample_imaps() { sample imaps 'tcp port 993' log_in_to_imaps "IMAP over TLS from the first byte (RFC 8314), port 993."; }
log_in_to_imaps() {
  mutt_imaps alice mail.example.org
  mutt_imaps erin mail.example.org
  openssl_login bob mail.example.org 993
  gnutls_login carol mail.example.org 993
  python_login dave imaps mail.example.org
  curl_login frank imaps://mail.example.org/
}

sample_imap_starttls() { sample imap-starttls 'tcp port 143' log_in_by_imap_starttls "IMAP with STARTTLS (RFC 9051 section 6.2.1), port 143."; }
log_in_by_imap_starttls() {
  mutt_imap_starttls alice mail.example.org
  mbsync_imap_starttls dave mail.example.org
  python_login bob imap mail.example.org
  curl_login frank imap://mail.example.org/
  openssl_login carol mail.example.org 143 -starttls imap
  gnutls_login erin mail.example.org 143 --starttls-proto=imap
}

sample_pop3s() { sample pop3s 'tcp port 995' log_in_to_pop3s "POP3 over TLS from the first byte, port 995."; }
log_in_to_pop3s() {
  mutt_pop3s alice mail.example.org
  python_login bob pop3s mail.example.org
  curl_login erin pop3s://mail.example.org/
}

sample_pop3_stls() { sample pop3-stls 'tcp port 110' log_in_by_stls "POP3 with STLS (RFC 2595 section 4), port 110."; }
log_in_by_stls() {
  fetchmail_pop3_stls alice mail.example.org
  python_login bob pop3 mail.example.org
  curl_login dave pop3://mail.example.org/
}

sample_submission_starttls() {
  sample submission-starttls 'tcp port 587' submit_by_starttls "Message submission with STARTTLS (RFC 3207), port 587."
}
submit_by_starttls() {
  msmtp_submission alice mail.example.org
  swaks_submission bob mail.example.org
  python_login carol submission mail.example.org
  curl_send dave smtp://mail.example.org:587
}

sample_sieve_starttls() { sample sieve-starttls 'tcp port 4190' log_in_to_sieve "ManageSieve with STARTTLS (RFC 5804 section 2.2), port 4190."; }
log_in_to_sieve() {
  sieve_connect alice mail.example.org
  sieve_connect dave mail.example.org
  gnutls_login bob mail.example.org 4190 --starttls-proto=sieve
}

sample_starttls_refused() {
  sample starttls-refused "tcp and host 192.0.2.27" log_in_where_there_is_no_tls \
    "A server without TLS refuses STARTTLS in four protocols, and the client logs in in clear: no hello, and none may be found."
}
log_in_where_there_is_no_tls() {
  python_login alice imap notls.example.org
  python_login bob pop3 notls.example.org
  python_login carol submission notls.example.org
  expect_failure=1 gnutls_login frank notls.example.org 4190 --starttls-proto=sieve
}

sample_split_hello() {
  # The server asks for small segments, so a hello needs several, over IPv4 and IPv6.
  ip route change 198.51.100.0/24 dev br0 advmss 256
  ip -6 route change 2001:db8::/32 dev br0 advmss 256
  sample split-hello "$mail_ports" log_in_in_small_pieces "Every hello is split over several TCP segments: the server announces a maximum segment size of 256 bytes."
  ip route change 198.51.100.0/24 dev br0
  ip -6 route change 2001:db8::/32 dev br0
}
log_in_in_small_pieces() {
  mutt_imaps alice mail.example.org
  mutt_imap_starttls erin mail.example.org
  curl_login bob imaps://mail.example.org/
  curl_login dave pop3://mail.example.org/
}

sample_hello_retry() {
  sample hello-retry "tcp and (host 192.0.2.26 or host 2001:db8::26)" log_in_where_the_first_share_is_refused \
    "The server takes P-384 only, so it answers the first hello with HelloRetryRequest (RFC 8446 section 4.1.4) and the client sends a second one."
}
log_in_where_the_first_share_is_refused() {
  mutt_imaps alice retry.example.org
  python_login dave imap retry.example.org
  openssl_login bob retry.example.org 993
  # TLS 1.2 has no HelloRetryRequest
  openssl_login carol retry.example.org 993 -tls1_2
}

sample_proxy_protocol() {
  sample proxy-protocol 'tcp port 10143 or tcp port 10993' log_in_through_a_balancer \
    "haproxy before Dovecot: a PROXY header comes before the conversation, version 1 on port 10143 (then STARTTLS), version 2 on port 10993."
}
log_in_through_a_balancer() {
  mutt_imaps alice balancer.example.org
  mutt_imap_starttls bob balancer.example.org
  python_login dave imap balancer.example.org
  curl_login erin imaps://balancer.example.org/
}

sample_resumption() {
  sample resumption "$mail_ports" log_in_twice \
    "Sessions are resumed: the second hello of each pair carries a pre_shared_key (TLS 1.3, RFC 8446 section 2.2) or a session ticket (TLS 1.2, RFC 5077)."
}
log_in_twice() {
  openssl_login alice mail.example.org 993 -sess_out "$work/session13"
  openssl_login alice mail.example.org 993 -sess_in "$work/session13"
  openssl_login dave mail.example.org 993 -tls1_2 -sess_out "$work/session12"
  openssl_login dave mail.example.org 993 -tls1_2 -sess_in "$work/session12"
  gnutls_login bob mail.example.org 993 --resume
}

sample_dovecot_2_4() {
  if [ -z "${DOVECOT24_ROOT-}" ]; then
    echo "dovecot-2.4: DOVECOT24_ROOT is not set, so the sample stays as it is"
    return
  fi
  start_dovecot24
  local folder=$repository/samples/dovecot-2.4 home=$DOVECOT24_ROOT/srv/samples
  mkdir -p "$folder"
  record "$folder/dovecot-2.4.pcapng" 'tcp and (host 192.0.2.28 or host 2001:db8::28)' log_in_to_dovecot24
  describe "$folder/dovecot-2.4.pcapng" "$folder" \
    "Logins to a Dovecot that knows JA3 itself. What it logged of each login, the string OpenSSL let it see, is ssl_ja3 and ssl_ja3_hash." \
    --dovecot-log "$home/dovecot.log" \
    --dovecot-version "Dovecot $(chroot "$DOVECOT24_ROOT" dovecot --version) with $(chroot "$DOVECOT24_ROOT" openssl version | cut -d' ' -f1-2)"
  kill "$(cat "$home/base/master.pid")"
}
log_in_to_dovecot24() {
  local host=mail24.example.org
  mutt_imaps alice $host
  mutt_imap_starttls erin $host
  mutt_pop3s bob $host
  mbsync_imap_starttls carol $host
  fetchmail_pop3_stls dave $host
  msmtp_submission frank $host
  swaks_submissions alice $host
  curl_login bob imaps://$host/
  curl_login erin pop3s://$host/
  python_login carol imap $host
  python_login dave submission $host
  node_imaps frank $host
  gnutls_login alice $host 143 --starttls-proto=imap
  openssl_login bob $host 993 -tls1_2
  # a key share the server does not take: HelloRetryRequest, and Dovecot tells of the second hello
  openssl_login carol $host 993 -groups P-384:P-256
  openssl_login dave $host 993 -alpn imap -sess_out "$work/session24"
  openssl_login dave $host 993 -alpn imap -sess_in "$work/session24"
  openssl24_login frank $host 192.0.2.28
  openssl24_login erin $host '[2001:db8::28]' -tls1_3
}
