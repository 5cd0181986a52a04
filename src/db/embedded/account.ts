/**
 * The user that PostgreSQL runs as. It refuses root, and any user without a name. So, in this order:
 *
 * 1. an ordinary user runs it as themselves;
 * 2. root runs it as the owner of the data, when that is another user;
 * 3. root (and a user without a name) runs it in a user namespace, inside which it appears as `nobody` and outside
 *    which it is still us: the files stay ours, and folders that only we can enter stay reachable;
 * 4. where user namespaces are forbidden, as in many containers, root actually runs it as `nobody`.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refused } from '../../errors.ts';
import { type Machine, mappedTo, type User } from './machine.ts';

export type Account =
  | { readonly kind: 'ourselves' }
  | { readonly kind: 'mapped'; readonly user: User }
  | { readonly kind: 'other'; readonly user: User };

/** `owner`: the uid that existing data belong to; null when there are none yet. */
export async function chooseAccount(machine: Machine, owner: number | null): Promise<Account> {
  const root = machine.uid === 0;
  if (!root && machine.named) return { kind: 'ourselves' };
  if (root && owner) return { kind: 'other', user: await ownerOf(machine, owner) };
  const nobody = await machine.findUser('nobody');
  if (nobody && (await machine.canMap(nobody))) return { kind: 'mapped', user: nobody };
  if (nobody && root) return { kind: 'other', user: nobody };
  throw new Refused(
    'embedded-user',
    `PostgreSQL does not run as ${root ? 'root' : `uid ${machine.uid}, which has no name in /etc/passwd`}, and there is no way around it here (no user namespaces${nobody ? '' : ', no user nobody'}). Run Postrider as an ordinary user, or use a server of your own with DATABASE_URL.`,
  );
}

async function ownerOf(machine: Machine, uid: number): Promise<User> {
  const user = await machine.findUser(uid);
  if (user) return user;
  throw new Refused(
    'embedded-user',
    `the embedded database's data belong to uid ${uid}, which has no name in /etc/passwd, and PostgreSQL runs only as a user with a name. Use chown to give the folder to an existing user.`,
  );
}

interface Command {
  file: string;
  args: string[];
  uid?: number;
  gid?: number;
}

/** The same command, run as the account. */
export function asAccount(account: Account, file: string, args: string[]): Command {
  if (account.kind === 'mapped') return { file: 'unshare', args: [...mappedTo(account.user), file, ...args] };
  if (account.kind === 'other') return { file, args, uid: account.user.uid, gid: account.user.gid };
  return { file, args };
}

/**
 * Whether the account can reach this folder or file and read it, judged by owner and mode of every folder above it:
 * in a user namespace root still owns its files, but can no longer enter folders that are closed to it.
 */
export async function canReach(account: Account, machine: Machine, path: string): Promise<boolean> {
  if (account.kind === 'ourselves') return true;
  const me =
    account.kind === 'other' ? account.user : { uid: machine.uid ?? 0, gid: process.getgid?.() ?? 0 };
  const found = await stat(path);
  const bits = found.uid === me.uid ? found.mode >> 6 : found.gid === me.gid ? found.mode >> 3 : found.mode;
  if ((bits & (found.isDirectory() ? 0o1 : 0o4)) === 0) return false;
  return dirname(path) === path || canReach(account, machine, dirname(path));
}
