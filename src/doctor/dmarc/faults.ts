/** What is wrong with a DMARC record that receivers can read. */
import { type Finding, note, warning } from '../check/check.ts';
import { txtRecord } from '../dns/record.ts';
import { type DmarcRecord, withoutTags } from './record.ts';

/** `domain`: where the record is. */
export function dmarcFaults(subject: string, domain: string, record: DmarcRecord): Finding[] {
  const at = `_dmarc.${domain}`;
  const publish = `publish this at the DNS provider of ${domain}`;
  const findings: Finding[] = [];
  if (record.faults.length > 0)
    findings.push(
      warning({
        subject,
        expected: 'tags with values of RFC 9989',
        found: `${record.faults.join('; ')} at ${at}`,
        change: `correct or remove ${record.faults.length === 1 ? 'it' : 'them'} at the DNS provider of ${domain}`,
      }),
    );
  if (record.policy === null && record.faults.every((fault) => !fault.startsWith('p=')))
    findings.push(
      warning({
        subject,
        expected: 'p=',
        found: `no p= at ${at}: receivers that follow RFC 9989 read that as p=none, older ones ignore the record`,
        change: publish,
        record: txtRecord(at, record.text.replace(/^(v\s*=\s*DMARC1)\s*;?/, '$1; p=none;')),
      }),
    );
  if (record.obsolete.length > 0)
    findings.push(
      note({
        subject,
        expected: 'no pct, rf or ri: RFC 9989 has dropped them',
        found: record.obsolete.map((name) => `${name}=`).join(', '),
        change: `${publish} (t=y is the way to try a policy out)`,
        record: txtRecord(at, withoutTags(record.text, record.obsolete)),
      }),
    );
  if (record.testing && record.policy !== 'none')
    findings.push(
      note({
        subject,
        expected: 'a policy that is in force',
        found: `t=y: receivers treat p=${record.policy} as one step milder`,
        change: `${publish} when the reports show no surprises`,
        record: txtRecord(at, withoutTags(record.text, ['t'])),
      }),
    );
  if (record.reports.length === 0)
    findings.push(
      note({
        subject,
        expected: 'rua=, an address that gets aggregate reports',
        found: 'none: nobody is told when mail of this domain fails',
        change: publish,
        record: txtRecord(at, `${record.text.replace(/;?\s*$/, '')}; rua=mailto:dmarc@${domain}`),
      }),
    );
  return findings;
}
