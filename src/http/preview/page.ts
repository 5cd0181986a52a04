/** The preview's page: a frame with the mail, and panels for its text, source, headers and checks. */
import { Html, html } from '../html.ts';
import { LOGO } from '../inbox/icons.ts';
import { MAIL_SANDBOX } from './mail-policy.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

const FRAMES = [
  ['desktop', 'Desktop'],
  ['phone', 'Phone'],
  ['dark', 'Dark'],
  ['images-off', 'Images off'],
] as const;

const PANELS = [
  ['text', 'Plain text'],
  ['source', 'Source'],
  ['headers', 'Headers'],
  ['checks', 'Checks'],
] as const;

/** `knowsReaders`: the page may ask for the address of a subscriber to preview as. */
export function previewPage(file: string, nonce: string, knowsReaders: boolean): string {
  const tab = ([name, text]: readonly [string, string]): Html =>
    html`<button type="button" role="tab" id="tab-${name}" data-tab="${name}" aria-selected="false" aria-controls="stage">${text}${name === 'checks' && html` <span id="count"></span>`}</button>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${file} · Preview</title>
<style nonce="${nonce}">${new Html(STYLE)}</style>
</head>
<body>
<header>
  <div class="line"><span class="brand">${LOGO} Preview</span><h1 id="subject">…</h1><span id="state" role="status">${file}</span></div>
  <div class="line">
    <div class="tabs" role="tablist" aria-label="Views">${FRAMES.map(tab)}<span class="gap"></span>${PANELS.map(tab)}</div>
    <fieldset><legend>As this subscriber</legend>
      <label${!knowsReaders && html` hidden`}>Address <input id="email" type="email" autocomplete="off" placeholder="reader@example.org"></label>
      <label>Name <input id="name" autocomplete="off" placeholder="Reader"></label>
      <label>Language <input id="language" autocomplete="off" placeholder="as the issue"></label>
    </fieldset>
  </div>
</header>
<p id="fault" role="alert" hidden></p>
<main id="stage" role="tabpanel" tabindex="0" aria-labelledby="tab-desktop">
  <iframe id="mail" sandbox="${MAIL_SANDBOX}" referrerpolicy="no-referrer" title="The mail"></iframe>
  <div id="panel" hidden></div>
</main>
<script nonce="${nonce}">${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}
