/** The last line of `issue send --wait` while people are still waiting: how many, until when, and why. */
import type { IssueStatus, PutOff } from '../../stats/status.ts';
import { counted } from '../text.ts';

const WHY: Readonly<Record<string, string>> = {
  temporary: 'were deferred by the server that receives their mail',
  throttled: 'wait because their provider asked us to slow down',
  held: 'wait because their provider asked us to slow down',
  'relay-busy': 'wait because the relay asked us to slow down',
  'relay-quota': 'wait because the relay accepts no more mail from us for now',
  'quiet-hours': 'wait for the end of quiet hours',
  'connection-lost': 'wait since the connection to the relay was lost',
  'relay-refuses-sender': 'wait because the relay refuses the sender',
};

/** Null when nobody waits, or a person has to act first. */
export function progressLine(status: IssueStatus): string | null {
  const { waiting, audience } = status.counts;
  if (status.state !== 'sending' || waiting === 0) return null;
  const until = latest(status.retryUntil, status.waitsUntil);
  const reasons = [
    ...status.putOff.map(reasonText),
    ...(status.waitsFor === null ? [] : [`the send waits for this: ${status.waitsFor}`]),
    ...status.holdups.filter((one) => status.waitsFor === null || !one.startsWith(status.waitsFor)),
  ];
  const why = reasons.length === 0 ? 'they have not been tried yet' : reasons.join('; ');
  return `not sent yet: ${waiting} of ${audience} wait${until === null ? '' : `, the last of them until ${until}`}: ${why}. It continues by itself; --wait=sent waits until it is sent`;
}

const reasonText = ({ reason, count }: PutOff): string =>
  `${counted(count, 'person', 'people')} ${WHY[reason] ?? `wait (${reason})`}`;

const latest = (...times: readonly (string | null)[]): string | null =>
  times.reduce((late, one) => (one !== null && (late === null || one > late) ? one : late), null);
