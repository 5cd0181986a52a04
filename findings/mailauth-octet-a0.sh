#!/usr/bin/env bash
# mailauth 4.13.3 treats the octet A0 as white space when it canonicalizes a header field for DKIM.
#
# RFC 6376 3.4.2 (relaxed) collapses runs of WSP, which RFC 5234 defines as space and tab. mailauth reads the header as
# latin1 and collapses \s, which also matches U+00A0. In UTF-8 (RFC 6532), A0 is the second octet of "à" and the last of
# "你". So every message to such an address fails, although its signature is good. "á" differs only in that octet.
#
# Expected output:
#   to á@example.net: dkimpy pass, mailauth pass
#   to à@example.net: dkimpy pass, mailauth fail
#   to 你好@example.net: dkimpy pass, mailauth fail
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund mailauth@4.13.3 > /dev/null
python3 -m pip install --quiet --disable-pip-version-check --target py dkimpy==1.1.8 2> pip.log || { cat pip.log; exit 1; }
openssl genrsa -out key.pem 2048 2> /dev/null
openssl rsa -in key.pem -pubout -outform der -out key.der 2> /dev/null

cat > sign.py <<'PY'
import base64, sys
sys.path.insert(0, 'py')
import dkim
key = open('key.pem', 'rb').read()
record = b'v=DKIM1; k=rsa; p=' + base64.b64encode(open('key.der', 'rb').read())
open('record', 'wb').write(record)
for at, local in enumerate(['á', 'à', '你好']):
    message = ('From: news@example.org\r\nTo: %s@example.net\r\nSubject: hello\r\n\r\nhello\r\n' % local).encode()
    signature = dkim.sign(message, b's1', b'example.org', key, canonicalize=(b'relaxed', b'simple'),
                          include_headers=[b'from', b'to', b'subject'])
    open('%d.eml' % at, 'wb').write(signature + message)
    good = dkim.DKIM(signature + message).verify(dnsfunc=lambda name, timeout=5: record)
    print('%s %s' % (local, 'pass' if good else 'fail'))
PY
python3 sign.py > dkimpy.txt

cat > verify.cjs <<'JS'
const { readFileSync } = require('node:fs');
const { dkimVerify } = require('mailauth/lib/dkim/verify.js');
const said = readFileSync('dkimpy.txt', 'utf8').trim().split('\n').map((line) => line.split(' '));
(async () => {
  for (const [at, [local, dkimpy]] of said.entries()) {
    const resolver = async () => [[readFileSync('record', 'utf8')]];
    const { results } = await dkimVerify(readFileSync(`${at}.eml`), { resolver });
    console.log(`to ${local}@example.net: dkimpy ${dkimpy}, mailauth ${results[0].status.result}`);
  }
})();
JS
node verify.cjs | tee seen.txt

diff seen.txt - <<'SEEN' && echo 'as described'
to á@example.net: dkimpy pass, mailauth pass
to à@example.net: dkimpy pass, mailauth fail
to 你好@example.net: dkimpy pass, mailauth fail
SEEN
