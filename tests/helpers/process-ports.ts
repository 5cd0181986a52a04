/** The local ports of a process's connections (from /proc), so that a test knows whose connection it sees. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Empty when the process is gone. */
export function portsOf(pid: number): Set<number> {
  try {
    const sockets = socketsOf(pid);
    return new Set(
      connections(pid)
        .filter(({ inode }) => sockets.has(inode))
        .map(({ port }) => port),
    );
  } catch {
    return new Set();
  }
}

function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const inodes = readdirSync(folder).map((fd) => /^socket:\[(\d+)\]$/.exec(link(`${folder}/${fd}`))?.[1]);
  return new Set(inodes.filter((inode) => inode !== undefined));
}

/** A file that was closed since it was listed is none. */
function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode`, addresses as hex with the port last. */
function connections(pid: number): { port: number; inode: string }[] {
  return ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields.length > 9)
      .map((fields) => ({
        port: Number.parseInt((fields[1] as string).split(':').at(-1) as string, 16),
        inode: fields[9] as string,
      })),
  );
}
