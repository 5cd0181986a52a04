#!/usr/bin/env bash
# OpenSMTPD 6.8.0p2 on Debian 12 offers STARTTLS but fails every handshake, whatever the key type and the TLS version.
#
# It keeps its key in a separate process, and OpenSSL 3 removed the hook that it uses for that. Each signature fails with
# "SSL routines::EVP lib" (reported for ECDSA as OpenSMTPD/OpenSMTPD#1239; RSA fails as well). The server starts without a
# warning, accepts mail in the clear, and answers STARTTLS with 220. So a client that uses TLS where it is offered gets
# through only if it reconnects in the clear after the failed handshake. A client that requires TLS never does.
#
# Output seen:
#   RSA, TLSv1.2: 220 2.0.0 Ready to start TLS, then the handshake fails
#   RSA, TLSv1.3: 220 2.0.0 Ready to start TLS, then the handshake fails
#   ECDSA, TLSv1.2: 220 2.0.0 Ready to start TLS, then the handshake fails
#   ECDSA, TLSv1.3: 220 2.0.0 Ready to start TLS, then the handshake fails
#   in the clear: 250
#
# Needs root (the server switches users inside a folder of its own) and Debian 12's package lists.
set -euo pipefail

folder=$(mktemp -d)
chmod 711 "$folder"
server=''
trap 'stop; rm -rf "$folder"' EXIT
stop() {
  [ -z "$server" ] || kill -9 "$server" 2> /dev/null || true
  wait 2> /dev/null || true
  server=''
}
cd "$folder"
mkdir packages root root/usr root/usr/bin root/usr/sbin root/usr/lib root/usr/lib64
for name in bin sbin lib lib64; do ln -s "usr/$name" "root/$name"; done
(cd packages && apt-get -q download opensmtpd libc6 libcrypt1 libdb5.3 libevent-2.1-7 libpam0g libaudit1 libcap-ng0 \
  libssl3 zlib1g > ../apt.log 2>&1) || { cat apt.log; exit 1; }
for package in packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C root
done
mkdir -p root/dev root/tmp root/run root/etc root/var/spool/smtpd root/var/lib/opensmtpd/empty
ln -sfn /run root/var/run
chmod 711 root/var/spool/smtpd
mknod -m 666 root/dev/null c 1 3
mknod -m 666 root/dev/urandom c 1 9
printf 'root:x:0:0::/:/bin/false\nopensmtpd:x:64101:64101::/:/bin/false\nopensmtpq:x:64102:64102::/:/bin/false\n' \
  > root/etc/passwd
printf 'root:x:0:\nopensmtpd:x:64101:\nopensmtpq:x:64102:\n' > root/etc/group
printf '127.0.0.1 localhost relay.example.net\n' > root/etc/hosts

cat > client.py <<'PY'
import smtplib, ssl, sys, time
port = int(sys.argv[1])

def connect():
    for _ in range(100):
        try:
            return smtplib.SMTP('127.0.0.1', port, local_hostname='client.example.org', timeout=20)
        except (ConnectionRefusedError, smtplib.SMTPServerDisconnected):
            time.sleep(0.1)
    sys.exit('OpenSMTPD did not start')

for name in ('TLSv1_2', 'TLSv1_3'):
    client = connect()
    client.ehlo()
    said = client.docmd('STARTTLS')
    context = ssl._create_unverified_context()
    context.minimum_version = context.maximum_version = ssl.TLSVersion[name]
    try:
        context.wrap_socket(client.sock, server_hostname='relay.example.net')
        ended = 'the handshake succeeds'
    except (ssl.SSLError, ConnectionResetError):
        ended = 'the handshake fails'
    print(f'{sys.argv[2]}, {name.replace("_", ".")}: {said[0]} {said[1].decode()}, then {ended}')
if sys.argv[2] == 'ECDSA':
    client = connect()
    client.ehlo()
    print('in the clear:', client.mail('news@example.org')[0])
PY

dpkg-deb -f packages/opensmtpd_*.deb Version | sed 's/^/OpenSMTPD /'
for kind in RSA ECDSA; do
  if [ "$kind" = RSA ]; then key='rsa:2048'; else key='ec -pkeyopt ec_paramgen_curve:prime256v1'; fi
  # shellcheck disable=SC2086
  openssl req -x509 -newkey $key -nodes -days 2 -subj /CN=relay.example.net -keyout root/etc/key.pem \
    -out root/etc/cert.pem 2> /dev/null
  chmod 600 root/etc/key.pem
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat > root/etc/smtpd.conf <<CONF
pki relay.example.net cert "/etc/cert.pem"
pki relay.example.net key "/etc/key.pem"
listen on 127.0.0.1 port $port hostname relay.example.net tls pki relay.example.net
action "on" relay host smtp://127.0.0.1:9
match from any for any action "on"
CONF
  unshare --pid --fork --kill-child chroot root /usr/sbin/smtpd -d > smtpd.log 2>&1 &
  server=$!
  python3 client.py "$port" "$kind" | tee -a seen.txt
  stop
done

diff seen.txt - <<'SEEN' && echo 'as described'
RSA, TLSv1.2: 220 2.0.0 Ready to start TLS, then the handshake fails
RSA, TLSv1.3: 220 2.0.0 Ready to start TLS, then the handshake fails
ECDSA, TLSv1.2: 220 2.0.0 Ready to start TLS, then the handshake fails
ECDSA, TLSv1.3: 220 2.0.0 Ready to start TLS, then the handshake fails
in the clear: 250
SEEN
