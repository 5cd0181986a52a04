/** What the law asks of each newsletter: the sender's postal address, and to know which law it is. No legal advice. */
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { type Check, error, type Finding, NotChecked, note, ok, warning } from '../check/check.ts';

export const legalCheck: Check = {
  name: 'legal',
  limitMs: 10_000,
  async run(situation) {
    const newsletters = await situation.newsletters();
    if (newsletters.length === 0)
      throw new NotChecked('there is no newsletter yet (postrider newsletter create)');
    return newsletters.flatMap((newsletter) => [addressFinding(newsletter), ...profileFinding(newsletter)]);
  },
};

/** As the check `postal-address` judges an issue. */
function addressFinding({ slug, postalAddress, legalProfile }: Newsletter): Finding {
  const subject = `newsletter ${slug}`;
  const expected = "the sender's postal address in each mail";
  if (postalAddress.trim() !== '') return ok(subject, expected, 'it has a postal address');
  const required = legalProfile.includes('us') || legalProfile.includes('ca');
  if (!required && legalProfile.length > 0)
    return ok(subject, expected, `none; the profile ${legalProfile.join(', ')} does not ask for it`);
  return (required ? error : warning)({
    subject,
    expected,
    found: 'none, though the law of the USA and Canada (CAN-SPAM, CASL) requires one',
    change: `postrider newsletter set ${slug} --postal-address "..."`,
  });
}

const profileFinding = ({ slug, legalProfile }: Newsletter): Finding[] =>
  legalProfile.length > 0
    ? []
    : [
        note({
          subject: `newsletter ${slug}`,
          expected: 'a legal profile: the countries whose law applies',
          found: 'none',
          change: `postrider newsletter set ${slug} --legal-profile eu (or us, ca, cn; several are possible)`,
        }),
      ];
