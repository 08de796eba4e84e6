# The clients. Each function logs in as user1 with one program: FUNCTION NAMESPACE HOST [...]; most check the server's certificate.
# Sourced by make-samples.sh.

ca=$work/ca.pem
python=/usr/bin/python3 # Debian's, whatever else the PATH holds

write_client_settings() {
  local host
  for host in mail retry balancer mail24; do
    mkdir -p "$work/settings/$host.example.org" "$HOME/mbsync-$host"
    cd "$work/settings/$host.example.org"
    cat >muttrc <<RC
set ssl_ca_certificates_file="$ca" ssl_force_tls=yes header_cache="" message_cachedir=""
set spoolfile="imaps://user1:example@$host.example.org/INBOX" folder="imaps://user1:example@$host.example.org/"
push "<quit>y"
RC
    sed 's/imaps:/imap:/g' muttrc >muttrc-starttls
    sed 's/imaps:/pops:/; s/INBOX//; s#folder="imaps.*#folder="'"$HOME"'"#' muttrc >muttrc-pop3s
    cat >mbsyncrc <<RC
IMAPAccount account
Host $host.example.org
User user1
Pass example
SSLType STARTTLS
CertificateFile $ca

IMAPStore far
Account account

MaildirStore near
Path $HOME/mbsync-$host/
Inbox $HOME/mbsync-$host/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
SyncState *
Create Near
RC
    cat >fetchmailrc <<RC
poll $host.example.org protocol pop3 user "user1" password "example" sslproto "auto" sslcertck sslcertfile "$ca" mda "/bin/true" keep
RC
    cat >msmtprc <<RC
defaults
host $host.example.org
auth on
user user1
password example
from user1@example.org
tls on
tls_trust_file $ca
account submission
port 587
tls_starttls on
account submissions
port 465
tls_starttls off
RC
    chmod 600 fetchmailrc msmtprc
  done
  printf 'Subject: hello\n\nA message.\n' >"$work/message"
  cp "$repository"/scripts/samples/login.py "$work"
  cd "$repository"
}

# mutt's user interface wants a terminal
mutt_imaps() { from "$1" script -qec "mutt -F $work/settings/$2/muttrc" /dev/null; }
mutt_imap_starttls() { from "$1" script -qec "mutt -F $work/settings/$2/muttrc-starttls" /dev/null; }
mutt_pop3s() { from "$1" script -qec "mutt -F $work/settings/$2/muttrc-pop3s" /dev/null; }
mbsync_imap_starttls() { from "$1" mbsync -c "$work/settings/$2/mbsyncrc" all; }
# fetchmail says 1 for "no new mail"
fetchmail_pop3_stls() { expect_failure=1 from "$1" fetchmail -N -f "$work/settings/$2/fetchmailrc" --pidfile "$work/fetchmail.pid" -i "$work/fetchmail.ids"; }
msmtp_submission() { from "$1" msmtp -C "$work/settings/$2/msmtprc" -a submission user2@example.org <"$work/message"; }
msmtp_submissions() { from "$1" msmtp -C "$work/settings/$2/msmtprc" -a submissions user2@example.org <"$work/message"; }
swaks_submission() { from "$1" swaks --server "$2" --port 587 -tls -a PLAIN -au user1 -ap example -f user1@example.org -t user2@example.org; }
swaks_submissions() { from "$1" swaks --server "$2" --port 465 --tls-on-connect -a PLAIN -au user1 -ap example -f user1@example.org -t user2@example.org; }
# curl NAMESPACE URL: imaps://HOST/ and pop3s://HOST/, or imap://HOST/ with STARTTLS
curl_login() { from "$1" curl -sS --cacert "$ca" --ssl-reqd --user user1:example "$2"; }
curl_send() { from "$1" curl -sS --cacert "$ca" --ssl-reqd --user user1:example --mail-from user1@example.org --mail-rcpt user2@example.org -T "$work/message" "$2"; }
sieve_connect() { from "$1" sieve-connect --server "$2" --port 4190 --user user1 --passwordfd 3 --tlscafile "$ca" --nosrv --list 3< <(echo example); }
node_imaps() { from "$1" node "$repository/scripts/samples/login.mjs" "$2" 993 "$ca"; }
# python NAMESPACE imaps|imap|pop3s|pop3|submission|submissions HOST: with imaplib, poplib, smtplib
python_login() { from "$1" "$python" "$work/login.py" "$2" "$3" "$ca"; }

# openssl_login NAMESPACE HOST PORT [OPTION ...]: talks IMAP through openssl s_client
openssl_login() {
  local name=$1 host=$2 port=$3
  shift 3
  from "$name" openssl s_client -connect "$host:$port" -servername "$host" -CAfile "$ca" -quiet "$@" < <(imap_lines)
}
# openssl24_login NAMESPACE HOST ADDRESS [OPTION ...]: the same with the OpenSSL beside Dovecot 2.4, whose key share is post-quantum and takes two segments
openssl24_login() {
  local name=$1 host=$2 address=$3
  shift 3
  from "$name" chroot "$DOVECOT24_ROOT" openssl s_client -connect "$address:993" -servername "$host" -quiet "$@" < <(imap_lines)
}
# gnutls_login NAMESPACE HOST PORT [OPTION ...]
gnutls_login() {
  local name=$1 host=$2 port=$3
  shift 3
  from "$name" gnutls-cli --crlf --x509cafile "$ca" -p "$port" "$@" "$host" < <(imap_lines)
}
# the pauses let a program that reads its terminal and the wire in turn see the answers
imap_lines() {
  sleep 0.5
  printf 'a LOGIN user1 example\r\n'
  sleep 0.5
  printf 'b LOGOUT\r\n'
  sleep 0.5
}
