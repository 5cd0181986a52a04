/** What somebody sent to subscribe: a form of ours, a form on another site, or JSON, all with the same fields. */
import type { FastifyRequest } from 'fastify';
import { FORM_FIELDS } from '../../audience/newsletters/form-snippet.ts';
import { listNewsletters, type Newsletter } from '../../audience/newsletters/newsletter.ts';
import { type Address, readAddress } from '../../consent/identity.ts';
import { suggestAddress } from '../../consent/signup/typos.ts';
import { readFormToken } from '../../consent/tokens.ts';
import { Refused } from '../../errors.ts';
import { field, fieldValues } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED } from '../public/button-page.ts';

/** A field that people do not see, under a name that no browser or password manager fills in. */
export const HONEYPOT = FORM_FIELDS.trap;
/** When the form was opened. */
export const OPENED_AT = 'opened';
export const PROOF = 'altcha';
/** One for each newsletter; the one in the path is always among them. */
export const NEWSLETTER = FORM_FIELDS.newsletter;

/** Nobody reads the form and types an address in less. */
const MIN_FILL_MS = 2_000;
const MAX_FILL_MS = 24 * 3_600_000;
const MAX_NEWSLETTERS = 20;
const MAX_WORDING_CHARACTERS = 1_000;

export interface SignUp {
  newsletters: Newsletter[];
  /** As typed. */
  email: string;
  /** Null: no address. */
  address: Address | null;
  name: string;
  /** What the typed address may have been meant to be, until its owner has decided. */
  suggestion: string | null;
  /** It was filled in by a program, or so fast that it may have been. */
  looksLikeRobot: boolean;
  proof: string;
  /** What a script of another site says that it showed; null for our own sentence. */
  statedWording: string | null;
  /** The form offered several newsletters to choose from. */
  offersSeveral: boolean;
}

export interface Named {
  Params: { newsletter?: string };
}

/** Null when it names no newsletter that exists. Names of none are left out. */
export async function readSignUp(parts: WebParts, request: FastifyRequest<Named>): Promise<SignUp | null> {
  const newsletters = await namedNewsletters(parts, request);
  if (newsletters.length === 0) return null;
  const typed = field(request, 'email');
  const pressed = field(request, PRESSED);
  const suggestion = suggestAddress(typed);
  const email = pressed === 'suggested' ? (suggestion ?? typed) : typed;
  return {
    newsletters,
    email,
    address: addressIn(email),
    name: field(request, 'name'),
    suggestion: pressed === '' ? suggestion : null,
    looksLikeRobot: pressed === '' && looksLikeRobot(parts, request),
    proof: field(request, PROOF),
    statedWording: field(request, 'wording').slice(0, MAX_WORDING_CHARACTERS) || null,
    offersSeveral: request.params.newsletter === undefined && pressed === '',
  };
}

async function namedNewsletters({ db }: WebParts, request: FastifyRequest<Named>): Promise<Newsletter[]> {
  const { newsletter } = request.params;
  const slugs = [...(newsletter === undefined ? [] : [newsletter]), ...fieldValues(request, NEWSLETTER)];
  const wanted = [...new Set(slugs)].slice(0, MAX_NEWSLETTERS);
  if (wanted.length === 0) return [];
  const all = await listNewsletters(db);
  return wanted.flatMap((slug) => all.filter((one) => one.slug === slug));
}

function addressIn(text: string): Address | null {
  try {
    return readAddress(text);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/**
 * People do not see the honeypot, and need a moment to type. Should a browser fill in everything for them, the button of
 * the next page is enough. A form on another site, and a program, cannot say when it was opened.
 */
function looksLikeRobot({ keys, clock }: WebParts, request: FastifyRequest): boolean {
  if (field(request, HONEYPOT) !== '') return true;
  const token = field(request, OPENED_AT);
  if (token === '') return false;
  const openedAt = readFormToken(keys, token);
  const ageMs = openedAt === null ? -1 : clock.now().getTime() - openedAt.getTime();
  return ageMs < MIN_FILL_MS || ageMs > MAX_FILL_MS;
}
