/** The options of `postrider doctor`, checked. */
import { isIP } from 'node:net';
import { Usage } from '../../errors.ts';

export interface GivenOptions {
  newsletter?: string;
  address?: string[];
  resolver?: string;
  timeSource?: string;
}

export interface DoctorOptions {
  newsletter: string | null;
  addresses: readonly string[];
  /** As Node's resolver takes them; empty: the system's. */
  resolvers: readonly string[];
  timeSource: string | null;
}

/** Throws Usage. */
export function readDoctorOptions({
  newsletter,
  address = [],
  resolver,
  timeSource,
}: GivenOptions): DoctorOptions {
  const wrong = address.find((one) => isIP(one) === 0);
  if (wrong !== undefined) throw new Usage(`--address: expected an IP address, got "${wrong}"`);
  if (timeSource !== undefined && !/^https?:\/\//.test(timeSource))
    throw new Usage(`--time-source: expected an http or https address, got "${timeSource}"`);
  return {
    newsletter: newsletter ?? null,
    addresses: address,
    resolvers: resolver === undefined ? [] : [readResolver(resolver)],
    timeSource: timeSource ?? null,
  };
}

/** `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`, `localhost:5353` */
function readResolver(text: string): string {
  const [, host = '', port] =
    /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(isIP(text) === 6 ? `[${text}]` : text) ?? [];
  const address = host === 'localhost' ? '127.0.0.1' : host;
  if (isIP(address.replace(/^\[|\]$/g, '')) === 0 || Number(port ?? 53) > 65_535)
    throw new Usage(
      `--resolver: expected the address of a name server, such as 192.0.2.53 or 127.0.0.1:5353, got "${text}"`,
    );
  return port === undefined ? address.replace(/^\[|\]$/g, '') : `${address}:${port}`;
}
