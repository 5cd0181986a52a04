/** The proof of work in a form: the challenge, and the script that solves it. The only script of our public pages. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Challenge } from '../../consent/signup/proof.ts';
import { Html, html } from '../html.ts';
import type { PageContext } from '../public/page.ts';
import { PAGE_POLICY } from '../security.ts';
import { PROOF } from './input.ts';

/** Browsers offer their hash function on https pages (and on this machine) only. */
const SCRIPT = `
(async () => {
  const field = document.getElementById('altcha');
  const button = document.getElementById('solved');
  const status = document.getElementById('solving');
  const { challenge, salt, signature, max } = field.dataset;
  if (!globalThis.crypto?.subtle) return;
  status.textContent = status.dataset.busy;
  const encoder = new TextEncoder();
  for (let number = 0; number <= Number(max); number += 1) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(salt + number)));
    let hex = '';
    for (const octet of digest) hex += octet.toString(16).padStart(2, '0');
    if (hex !== challenge) continue;
    field.value = btoa(JSON.stringify({ algorithm: 'SHA-256', challenge, number, salt, signature }));
    button.disabled = false;
    status.textContent = status.dataset.done;
    return;
  }
})();
`;

const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');

export function allowProofScript(reply: FastifyReply): void {
  reply.header('content-security-policy', `${PAGE_POLICY}; script-src 'sha256-${SCRIPT_HASH}'`);
}

/** The text stays as it is where no script runs. `contact`: whom else to ask. */
export const proofField = ({ say }: PageContext, challenge: Challenge, contact: string): Html =>
  html`<input type="hidden" id="altcha" name="${PROOF}" data-challenge="${challenge.challenge}" data-salt="${challenge.salt}" data-signature="${challenge.signature}" data-max="${challenge.maxnumber}">
<p id="solving" role="status" data-busy="${say('page.subscribe.proof.busy')}" data-done="${say('page.subscribe.proof.done')}">${say('page.subscribe.proof.none', { contact })}</p>
`;

/** After the button, so that both exist when it runs. */
export const proofScript = (): Html => script;

const script = new Html(`<script>${SCRIPT}</script>`);
