import type { RelayProfile } from './profile.ts';

export const tencent: RelayProfile = {
  title: 'Tencent SES',
  hosts: /^(smtp|sg-smtp)\.qcloudmail\.com$/,
  headers: { 'X-Tencentcloudses-Cb-Custom': '{{delivery}}' },
  notes: ['Postrider does not read its events yet: look for bounces in its own pages'],
};
