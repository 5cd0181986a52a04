/** What `postrider doctor` asks this machine: its own addresses, free space, and the public halves of our keys. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { isPublicAddress } from '../../doctor/dns/public-address.ts';
import type { Clock, DkimKey, Relay } from '../../ports.ts';
import { dkimSigner } from '../smtp/dkim.ts';

/** Those that others can reach. */
export const ownPublicAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    .map(({ address }) => address)
    .filter(isPublicAddress);

export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

export const publicKeyOf = ({ keyFile }: DkimKey): KeyObject =>
  createPublicKey(createPrivateKey(readFileSync(keyFile)));

/** The message as the relay's connections sign it. */
export async function signFor({ settings }: Relay, message: Buffer, clock: Clock): Promise<Buffer> {
  const signer = dkimSigner({ keys: settings.dkim, unsigned: settings.unsigned }, () => clock.now());
  return signer ? signer(message) : message;
}
