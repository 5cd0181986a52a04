import { expect, test } from 'vitest';
import type { Preview } from '../../../src/http/preview/preview.ts';
import { buildPreview } from '../../../src/http/preview/server.ts';
import { showAs } from '../../../src/http/preview/show-as.ts';

const HASH = 'a'.repeat(64);
const preview: Preview = {
  file: '<img src=x>.md',
  viewFor: ({ name = 'Reader' }) => ({
    subject: 'The <b>subject</b>',
    html: `<html><head></head><body>Hello ${name}</body></html>`,
    text: `Hello ${name}`,
    message: Buffer.from(`Subject: =?utf-8?q?caf=C3=A9?=\r\nTo: ${name} <r@example.org>\r\n\r\nbody`),
  }),
  subscriber: null,
  state: () => ({ version: 3, messages: [], fault: null, tookMs: 12 }),
  picture: (hash) => (hash === HASH ? { type: 'image/png', bytes: Buffer.from('png') } : null),
  watch: () => () => {},
};
const host = '127.0.0.1:4000';
const get = (url: string, headers: Record<string, string> = { host }, of = preview) =>
  buildPreview(of).inject({ url, headers });

test('answers to its own address only, so that no page of the web can point a name at it', async () => {
  for (const url of ['/', '/view.json', '/mail.html', '/changes', `/media/${HASH}`])
    expect((await get(url, { host: 'evil.example:4000' })).statusCode, url).toBe(403);
  expect((await get('/', { host: 'localhost:4000' })).statusCode).toBe(200);
});

test('the page runs its own script and nothing else, and loads nothing from elsewhere', async () => {
  const { body, headers } = await get('/');
  const policy = String(headers['content-security-policy']);
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
  expect(policy).toContain("default-src 'none'");
  expect(body).toContain(`<script nonce="${nonce}">`);
  expect(body).toContain('&lt;img src=x&gt;.md');
  expect(body).not.toContain('<img src=x>');
  expect((await get('/')).headers['content-security-policy']).not.toBe(policy);
});

test('says how this subscriber gets it', async () => {
  const view = (await get('/view.json?name=Ada')).json();
  expect(view).toMatchObject({ version: 3, subject: 'The <b>subject</b>', text: 'Hello Ada', fault: null });
  expect(view.headers).toEqual([
    { name: 'Subject', value: 'café' },
    { name: 'To', value: 'Ada <r@example.org>' },
  ]);
  expect((await get('/mail.html?name=Ada')).body).toContain('Hello Ada');
  expect((await get('/view.json?name=')).json().text).toBe('Hello Reader');
});

test('says how a subscriber of the newsletter gets it, and when nobody has that address', async () => {
  const ada = { email: 'ada@example.org', name: 'Ada', language: null, attributes: {} };
  const subscriber = async (address: string) => (address === ada.email ? ada : null);
  const as = async (query: string) =>
    (await get(`/view.json?${query}`, { host }, { ...preview, subscriber })).json();
  expect(await as('email=ada@example.org')).toMatchObject({ text: 'Hello Ada', isStranger: false });
  expect(await as('email=ada@example.org&name=Grace')).toMatchObject({ text: 'Hello Grace' });
  expect(await as('email=bob@example.org')).toMatchObject({ text: 'Hello Reader', isStranger: true });
  expect((await get('/', { host }, { ...preview, subscriber })).body).toContain('<label>Address');
  expect((await get('/')).body).toContain('<label hidden>Address');
});

test('no script runs in the mail, and with images off none is loaded', async () => {
  const policyOf = async (url: string) => String((await get(url)).headers['content-security-policy']);
  expect(await policyOf('/mail.html')).toMatch(/^sandbox (?!.*allow-scripts).*default-src 'none'/);
  expect(await policyOf('/mail.html?look=images-off')).toContain("img-src 'none'");
});

test('serves the pictures that lie beside the file, and the files of its calendar', async () => {
  expect((await get(`/media/${HASH}`)).headers['content-type']).toBe('image/png');
  expect((await get(`/media/${HASH}.ics`)).statusCode).toBe(200);
  expect((await get('/media/other')).statusCode).toBe(404);
});

test('light and dark are settled by the tab, not by the machine that looks', () => {
  const html =
    '<meta name="color-scheme" content="light dark"><style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){p{color:red}}</style><pre>(prefers-color-scheme:dark)</pre>';
  expect(showAs(html, 'dark')).toBe(
    '<meta name="color-scheme" content="dark"><style>:root{color-scheme:dark}@media (min-width:0){p{color:red}}</style><pre>(prefers-color-scheme:dark)</pre>',
  );
  expect(showAs(html, 'phone')).toContain('@media (max-width:0){');
});
