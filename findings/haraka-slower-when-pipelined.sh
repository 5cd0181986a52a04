#!/usr/bin/env bash
# Haraka 3.3.4 offers PIPELINING (RFC 2920) but is several times slower for a client that uses it.
#
# It writes the reply to each pipelined command in a packet of its own and leaves Nagle's algorithm on. So the second
# reply of a batch waits until the client's system has acknowledged the first. A client that awaits the whole batch has
# nothing to send that would carry the acknowledgement. Each message therefore costs 40 ms, even on loopback. Sending the
# same commands one by one, each with its own round trip, takes a fraction of that. A client that pipelines gets some
# 20 messages a second through one connection; using several connections hides the delay.
#
# Output seen (the times differ with the machine; pipelined is never under 40 ms):
#   pipelined: 44 ms a message
#   one by one: 4 ms a message
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts Haraka@3.3.4 > npm.log 2>&1 || { cat npm.log; exit 1; }

mkdir -p home/plugins
cp -r node_modules/Haraka/config home/config
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo sink > home/config/plugins
printf 'listen=127.0.0.1:%s\nnodes=0\n' "$port" > home/config/smtp.ini
echo WARN > home/config/loglevel
echo relay.example.net > home/config/me
cat > home/plugins/sink.js <<'JS'
exports.hook_rcpt = (next) => next(OK);
exports.hook_queue = (next) => next(OK);
JS
node node_modules/Haraka/bin/haraka -c home > haraka.log 2>&1 &
server=$!

cat > client.py <<'PY'
import socket, statistics, sys, time

MESSAGES = 30
COMMANDS = [b'MAIL FROM:<news@example.org>\r\n', b'RCPT TO:<reader@example.com>\r\n', b'DATA\r\n']
BODY = (b'From: <news@example.org>\r\nTo: <reader@example.com>\r\nDate: Tue, 1 Dec 2026 00:00:00 +0000\r\n'
        b'Message-ID: <1@example.org>\r\nSubject: hello\r\n\r\nhello\r\n.\r\n')

def connect():
    for _ in range(300):
        try:
            return socket.create_connection(('127.0.0.1', int(sys.argv[1])))
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit('Haraka did not start')

def median(pipelined):
    with connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        replies = sock.makefile('rb')
        def expect(code):
            line = replies.readline()
            while line[3:4] == b'-':
                line = replies.readline()
            assert line.startswith(code), line
        expect(b'220')
        sock.sendall(b'EHLO client.example.org\r\n')
        expect(b'250')
        took = []
        for _ in range(MESSAGES):
            start = time.perf_counter()
            for writes in [COMMANDS] if pipelined else [[command] for command in COMMANDS]:
                sock.sendall(b''.join(writes))
                for command in writes:
                    expect(b'354' if command.startswith(b'DATA') else b'250')
            sock.sendall(BODY)
            expect(b'250')
            took.append(1000 * (time.perf_counter() - start))
        return statistics.median(took)

median(False)  # the first messages are slower than all others
pipelined, stepwise = median(True), median(False)
print(f'pipelined: {pipelined:.0f} ms a message')
print(f'one by one: {stepwise:.0f} ms a message')
sys.exit(0 if pipelined > 35 and pipelined > 1.5 * stepwise else 'changed: pipelining costs nothing any more')
PY
echo "Haraka 3.3.4 on Node $(node --version)"
python3 client.py "$port"
echo 'as described'
