/** Tools whose words or columns differ from those of other tools, recognised by the header of their files. */
import type { Status } from './status.ts';
import type { ColumnKind } from './titles.ts';

export interface Tool {
  name: string;
  /** Folded titles that the header must have. */
  has: readonly string[];
  /** If given, the header has no other titles than these. */
  only?: readonly string[];
  /** Folded words with a special meaning in its columns of words. */
  words?: Readonly<Record<string, Status>>;
  /** Keyed by folded title; null: the column has nothing to do with mail. */
  columns?: Readonly<Record<string, ColumnKind | null>>;
  /** What its file cannot tell, and what to do about it. */
  note?: string;
}

const MONEY = 'Its columns tell who pays, not who asked for mail: make sure that these people did.';

const TOOLS: readonly Tool[] = [
  {
    name: 'Substack',
    has: ['emaildisabled'],
    columns: { activesubscription: null, canceldate: null, type: null },
    note: 'Its file leaves out most of the people who unsubscribed: import those with --unsubscribed too.',
  },
  {
    name: 'Ghost',
    has: ['subscribedtoemails', 'complimentaryplan'],
    note: '"subscribed_to_emails" is true for readers of any of its newsletters: a member of another one looks the same.',
  },
  {
    name: 'listmonk',
    has: ['uuid', 'email', 'attributes', 'status'],
    note: 'The file can hold people who left the list, or never confirmed it, as "enabled": it tells the status of the person only. Ask its database for `subscriber_lists.status`: take those with `confirmed`, and import those with `unsubscribed` with --unsubscribed.',
  },
  {
    name: 'beehiiv',
    has: ['email', 'status', 'tier'],
    words: { inactive: 'left' },
  },
  {
    name: 'beehiiv',
    has: ['email', 'status', 'createdat', 'subscriptiontier'],
    words: { inactive: 'left' },
  },
  {
    name: 'Kit',
    has: ['firstname', 'createdat'],
    only: ['firstname', 'email', 'emailaddress', 'status', 'state', 'createdat', 'tags'],
    words: { cancelled: 'left', canceled: 'left', inactive: 'unconfirmed' },
  },
  {
    name: 'Buttondown',
    has: ['subscribertype'],
    words: buttondown(),
  },
  {
    name: 'Buttondown',
    has: ['type', 'unsubscriptiondate'],
    columns: { type: { kind: 'words' } },
    words: buttondown(),
  },
  {
    name: 'Buttondown',
    has: ['type', 'secondaryid'],
    columns: { type: { kind: 'words' } },
    words: buttondown(),
  },
  {
    name: 'Newsletter (WordPress)',
    has: ['email', 'status', 'token', 'followup'],
    words: { c: 'mailable', s: 'unconfirmed', u: 'left', b: 'bounced', p: 'complained' },
  },
  {
    name: 'phpList',
    has: ['isthissubscriberblacklisted'],
    columns: {
      didthissubscribermanuallyconfirm: null,
      numberofbounces: null,
      isthisaccountdisabled: { kind: 'filled', as: 'left' },
    },
  },
  {
    name: 'Brevo',
    has: ['email', 'contactid', 'extid'],
    note: 'Its file often leaves out who is on the blocklist (left, complained, bounced): export the blocklisted contacts as well, and import them with --unsubscribed.',
  },
  {
    name: 'Mautic',
    has: ['email', 'dateidentified'],
    note: 'Its file has no column for "do not contact": take them from a report, and import them with --unsubscribed.',
  },
  {
    name: 'Patreon',
    has: ['patronstatus'],
    columns: { patronstatus: null, freemember: null, freetrial: null, followsyou: null },
    note: MONEY,
  },
  {
    name: 'Steady',
    has: ['subscriptionstate', 'planname'],
    columns: { subscriptionstate: null, cancelledat: null, gifted: null },
    note: MONEY,
  },
  { name: 'Memberful', has: ['memberfulid'], columns: { active: null, status: null }, note: MONEY },
  {
    name: 'Discourse',
    has: ['username', 'moderator', 'trustlevel'],
    columns: { active: null, staged: null, suspendedat: null, archived: null },
    note: 'Its file lists accounts, not people who asked for mail: make sure that these people did.',
  },
  {
    name: 'LinkedIn',
    has: ['emailaddress', 'connectedon'],
    note: 'A connection has not asked for mail: make sure that these people did.',
  },
];

function buttondown(): Readonly<Record<string, Status>> {
  const mailable = ['premium', 'gifted', 'trialed', 'unpaid', 'churning', 'paused', 'past due'];
  return Object.fromEntries(mailable.map((word) => [word, 'mailable']));
}

/** The first tool that writes such a header. */
export function findTool(folded: readonly string[]): Tool | null {
  const titles = new Set(folded);
  return (
    TOOLS.find(
      ({ has, only }) =>
        has.every((title) => titles.has(title)) && (!only || folded.every((title) => only.includes(title))),
    ) ?? null
  );
}
