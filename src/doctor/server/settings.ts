/** Settings that are valid and still unwise. What is not valid is refused before any check runs. */
import { type Check, error, type Finding, note, ok, warning } from '../check/check.ts';
import { isLocalName, realRelays, type Situation } from '../check/situation.ts';

export const settingsCheck: Check = {
  name: 'settings',
  limitMs: 5_000,
  run: async (situation) => [
    secretFinding(situation),
    ...forgottenKeys(situation),
    publicUrlFinding(situation),
    ...mediaFinding(situation),
    ...productionFinding(situation),
  ],
};

function secretFinding({ settings: { way, secrets, home } }: Situation): Finding {
  const expected = 'a secret that is kept with every backup';
  if (secrets !== null)
    return ok(
      'POSTRIDER_SECRET',
      expected,
      secrets === 1 ? 'one secret' : `${secrets} secrets, the first one signs`,
    );
  const found = `one in the data folder (${home}/secret)`;
  if (way === 'embedded') return ok('POSTRIDER_SECRET', expected, `${found}, which is the backup too`);
  return warning({
    subject: 'POSTRIDER_SECRET',
    expected,
    found: `${found}: a process on another machine, or a container without that folder, makes one of its own`,
    change: `set POSTRIDER_SECRET of every process to the content of ${home}/secret`,
  });
}

const forgottenKeys = ({ settings: { forgetKeys } }: Situation): Finding[] =>
  forgetKeys.length === 0
    ? []
    : [
        note({
          subject: 'POSTRIDER_FORGET_KEYS',
          expected: 'unset: it is for one start',
          found: forgetKeys.join(', '),
          change: 'unset it after that start',
        }),
      ];

function publicUrlFinding(situation: Situation): Finding {
  const { publicUrl } = situation.settings;
  const expected = 'an https address';
  if (publicUrl.startsWith('https:')) return ok('PUBLIC_URL', expected, publicUrl);
  const change =
    'put a proxy with a certificate in front (docs/operators.md), and set PUBLIC_URL to its https address';
  const fault = { subject: 'PUBLIC_URL', expected, found: publicUrl, change };
  if (realRelays(situation).length === 0)
    return note({ ...fault, found: `${publicUrl}, which is enough to try things out` });
  return isLocalName(new URL(publicUrl).hostname)
    ? error({ ...fault, found: `${publicUrl}: the links in the mails lead nowhere` })
    : error({ ...fault, found: `${publicUrl}: mail programs offer no one-click unsubscribe for http` });
}

function mediaFinding({ settings: { publicUrl, mediaUrl } }: Situation): Finding[] {
  if (mediaUrl === null || mediaUrl.startsWith('https:') || !publicUrl.startsWith('https:')) return [];
  return [
    warning({
      subject: 'MEDIA_URL',
      expected: 'an https address',
      found: `${mediaUrl}: many mail programs show no pictures from it`,
      change: 'set MEDIA_URL to an https address of the CDN',
    }),
  ];
}

const productionFinding = ({ settings: { way, production } }: Situation): Finding[] =>
  production || way === 'embedded'
    ? []
    : [
        note({
          subject: 'NODE_ENV',
          expected: 'production, which refuses a start with settings that are fit for trying out only',
          found: 'not set',
          change: 'set NODE_ENV=production for every process',
        }),
      ];
