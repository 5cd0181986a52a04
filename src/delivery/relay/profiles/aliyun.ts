import type { RelayProfile } from './profile.ts';

export const aliyun: RelayProfile = {
  title: 'Aliyun DirectMail',
  hosts: /^smtpdm(-[a-z0-9-]+)?\.aliyun(cs)?\.com$/,
  headers: {},
  replyId: /envid=(\S+)$/,
  notes: ['use a sender address of the batch type'],
};
