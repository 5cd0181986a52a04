/** Mails for the inbox's tests, put into its table as the catch-all does. */
import type { Db } from '../../../src/db/connection.ts';
import { displayText, headerValue, parseHeaders } from '../../../src/io/inbox/mail-headers.ts';

/** Keeps a mail given as its raw source and returns its id. Line ends may be written as plain newlines. */
export async function keepMail(db: Db, raw: string | Buffer, to = 'li@example.com'): Promise<number> {
  const source = typeof raw === 'string' ? Buffer.from(raw.replace(/\r?\n/g, '\r\n')) : raw;
  const { id } = await db
    .insertInto('inbox_mails')
    .values({
      mail_from: 'bounce@example.org',
      rcpt_to: to,
      subject: displayText(headerValue(parseHeaders(source), 'subject'), 500),
      source,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A proper newsletter mail: text and HTML, both unsubscribe headers. */
export function weekly({ name = '李雷', to = 'li@example.com', subject = '周刊第七期' } = {}): string {
  return `From: =?utf-8?B?${b64('渡口周报')}?= <news@example.org>
To: =?utf-8?B?${b64(name)}?= <${to}>
Subject: =?utf-8?B?${b64(subject)}?=
Date: Fri, 06 Mar 2026 15:00:00 +0800
Message-ID: <1.2@example.org>
List-Unsubscribe: <https://example.org/unsubscribe/k.token>,
 <mailto:leave@example.org>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b1

--b1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

${b64('你好，李雷\n\n请看 https://example.org/a?x=1&y=2。')}
--b1
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

${b64('<!doctype html><html><head><title>t</title><style>h1{color:teal}</style></head><body><h1>你好，李雷</h1><p><a href="https://example.org/read">阅读</a></p></body></html>')}
--b1--
`;
}

const b64 = (text: string) => Buffer.from(text).toString('base64');

/** Everything a hostile sender may try in the places that the inbox shows. `beacon` is an address that must never be asked. */
export function hostile(beacon: string): string {
  const html = `<!doctype html><html><head><base href="${beacon}/base/"><meta http-equiv="refresh" content="0;url=${beacon}/refresh">
<script>window.top.pwned = 1; alert(1)</script><script src="${beacon}/script.js"></script><link rel="stylesheet" href="javascript:alert(2)"></head>
<body onload="alert(3)"><iframe src="${beacon}/iframe"></iframe><object data="${beacon}/object"></object><embed src="${beacon}/embed">
<img src="x:" onerror="alert(4)"><svg><script>alert(5)</script></svg><form action="${beacon}/form" method="post"><button>send</button></form>
<a id="js" href="javascript:alert(6)">script link</a> <a id="self" target="_self" href="${beacon}/self">self link</a> <a id="top" target="_top" href="${beacon}/top">top link</a>
<video src="${beacon}/video" autoplay></video></body></html>`;
  return `From: "<script>alert(7)</script>" <a@example.org>
To: "\\"><img src=x onerror=alert(8)>" <b@example.com>
Subject: </title><script>alert(9)</script>"'&
List-Unsubscribe: <javascript:alert(10)>, <data:text/html,x>
X-Evil"><script>alert(11)</script>: x
X-Evil: <script>alert(12)</script> https://example.org/"onmouseover="alert(13)
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/html; charset=utf-8

${html}
--b1
Content-Type: text/plain; charset=utf-8

</pre><script>alert(14)</script> https://example.org/'onclick='alert(15) javascript:alert(16)
--b1
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="<script>alert(17)</script>.exe"

MZ
--b1--
`;
}
