/** The servers of the matrix. */
import { startAiosmtpd } from './aiosmtpd.ts';
import { startChasquid } from './chasquid.ts';
import { startCourier } from './courier.ts';
import { startExim } from './exim.ts';
import { startHaraka } from './haraka.ts';
import { startOpenSmtpd } from './opensmtpd.ts';
import { startPostfix } from './postfix.ts';
import { startSendmail } from './sendmail.ts';
import type { StartServer } from './server.ts';
import { startSmtpServer } from './smtp-server.ts';

export interface Tried {
  name: string;
  start: StartServer;
  /** Why a list with dead addresses takes it longer: its own waiting, which no client can spare. */
  delays?: string;
}

export const servers: readonly Tried[] = [
  { name: 'Postfix', start: startPostfix },
  { name: 'Exim', start: startExim },
  { name: 'OpenSMTPD', start: startOpenSmtpd },
  { name: 'Sendmail', start: startSendmail },
  { name: 'Courier', start: startCourier },
  { name: 'chasquid', start: startChasquid },
  { name: 'Haraka', start: startHaraka },
  {
    name: 'smtp-server',
    start: startSmtpServer,
    delays: 'it greets each connection 100 ms late, to catch clients that talk too early',
  },
  { name: 'aiosmtpd', start: startAiosmtpd },
];
