import type { RelayProfile } from './profile.ts';

export const postmark: RelayProfile = {
  title: 'Postmark',
  hosts: /^smtp(-broadcasts)?\.postmarkapp\.com$/,
  // Ten fields, names of 20 and values of 80 characters; removed before delivery.
  headers: { 'X-PM-Metadata-postrider': '{{delivery}}', 'X-PM-KeepID': 'true' },
  answersLater: 'it takes every mail and reports errors afterwards, as events',
  notes: [
    'a broadcast stream replaces List-Unsubscribe and our link with its own, unless its support approved ours: set up its events, so that who leaves there leaves here too',
  ],
};
