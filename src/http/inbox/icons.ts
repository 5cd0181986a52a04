/** The icons of the inbox. They take the colour of the text around them. */
import { POSTRIDER_LOGO } from '../../render/postrider-logo.ts';
import { Html, html } from '../html.ts';

/** A constant, so it need not be escaped. */
export const LOGO = new Html(POSTRIDER_LOGO);

export const SEARCH = html`<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="9" cy="9" r="5.500" fill="none" stroke="currentColor" stroke-width="1.700"/><path d="m13.200 13.200 4 4" stroke="currentColor" stroke-width="1.700" stroke-linecap="round"/></svg>`;

export const EMPTY = html`<svg class="drawing" viewBox="0 0 240 150" aria-hidden="true"><ellipse cx="120" cy="134" rx="86" ry="8" class="shade"/><path d="M54 62 120 20l66 42v58a8 8 0 0 1-8 8H62a8 8 0 0 1-8-8z" class="back"/><path d="M76 44h88v60H76z" class="sheet"/><path d="M90 58h40M90 70h60M90 82h52" class="lines"/><path d="m54 64 66 44 66-44v56a8 8 0 0 1-8 8H62a8 8 0 0 1-8-8z" class="front"/><path d="M14 66h24M4 82h34M18 98h20" class="wind"/></svg>`;
