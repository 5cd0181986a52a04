#!/usr/bin/env bash
# nodemailer 10.6.0 does not call a custom handler for XOAUTH2 if the relay also offers PLAIN.
#
# SMTPConnection accepts handlers for your own mechanisms (customAuth), and login({ method }) selects one. nodemailer
# calls the handler for every name except XOAUTH2: without nodemailer's own token generator it selects the method again
# and takes the first one that the relay offers. Without a password, that ends in 'Missing credentials for "PLAIN"'. The
# same handler under another name is called, and may send AUTH XOAUTH2 itself.
#
# Expected output:
#   XOAUTH2 alone is offered: the server heard AUTH XOAUTH2
#   PLAIN is offered too: the server heard AUTH PLAIN
#   PLAIN is offered too, the handler has another name: the server heard AUTH XOAUTH2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts nodemailer@10.6.0
cat > try.mjs <<'JS'
import { createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

console.log('nodemailer', JSON.parse(readFileSync('node_modules/nodemailer/package.json', 'utf8')).version);

/** The AUTH command that a server hears which offers these mechanisms. */
async function heard(offered, method) {
  let auth = 'none';
  const server = createServer((socket) => {
    socket.write('220 relay.example ESMTP\r\n');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const line = chunk.toString().trim();
      if (line.startsWith('EHLO')) socket.write(`250-relay.example\r\n250 AUTH ${offered}\r\n`);
      else if (line.startsWith('AUTH')) {
        auth = line.split(' ')[1];
        socket.write('235 2.7.0 welcome\r\n');
      }
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const connection = new SMTPConnection({
    host: '127.0.0.1',
    port: server.address().port,
    name: 'client.example',
    customAuth: { [method]: async ({ sendCommand }) => void (await sendCommand('AUTH XOAUTH2 dG9rZW4=')) },
  });
  await new Promise((open) => connection.connect(open));
  await new Promise((done) => connection.login({ user: 'ann', pass: 'a password', method }, done));
  connection.close();
  server.close();
  return auth;
}

const seen = {
  'XOAUTH2 alone is offered': await heard('XOAUTH2', 'XOAUTH2'),
  'PLAIN is offered too': await heard('PLAIN XOAUTH2', 'XOAUTH2'),
  'PLAIN is offered too, the handler has another name': await heard('PLAIN XOAUTH2', 'MY-TOKEN'),
};
for (const [offer, auth] of Object.entries(seen)) console.log(`${offer}: the server heard AUTH ${auth}`);
process.exit(Object.values(seen).join() === 'XOAUTH2,PLAIN,XOAUTH2' ? 0 : 1);
JS
node try.mjs
