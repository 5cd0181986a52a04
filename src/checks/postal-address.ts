/** The sender's postal address, which the law of several countries requires in each mail. */
import type { Check } from './check.ts';

const NO_ADDRESS =
  'the newsletter has no postal address, which the law of the USA and Canada (CAN-SPAM, CASL) requires: newsletter set';

/** An error for newsletters that declare this law in their legal profile, else a warning (below). */
const postalAddressMissing: Check = {
  rule: 'postal-address-missing',
  severity: 'error',
  advice: 'Set one: `newsletter set NAME --postal-address "…"`.',
  find: ({ newsletter, legalProfile }) =>
    newsletter.postalAddress.trim() === '' && (legalProfile.includes('us') || legalProfile.includes('ca'))
      ? [{ line: null, text: `${NO_ADDRESS} ${newsletter.slug} --postal-address "…"` }]
      : [],
};

const postalAddressUnset: Check = {
  rule: 'postal-address-unset',
  severity: 'warning',
  advice:
    'Set one: `newsletter set NAME --postal-address "…"`. Or declare which law applies: `--legal-profile us` makes this an error, `eu` or `cn` silences it.',
  find: ({ newsletter, legalProfile }) =>
    newsletter.postalAddress.trim() === '' && legalProfile.length === 0
      ? [
          {
            line: null,
            text: `${NO_ADDRESS} ${newsletter.slug} --postal-address "…" (or --legal-profile eu if neither applies)`,
          },
        ]
      : [],
};

export const postalAddressChecks: readonly Check[] = [postalAddressMissing, postalAddressUnset];
