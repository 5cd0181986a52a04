/**
 * Reads a Postfix log for the messages of one issue. A Message-ID alone does not show that the relay has taken a
 * message: it is logged while the message still arrives, even if the connection dies in the middle. What shows it is a
 * line of the queue manager, or of a delivery, under the same queue id. What shows that the message was not taken is
 * the line of a connection that was lost within the message, before its final dot.
 */
import { type LogLine, readLine } from './line.ts';

/** How many connections' messages are remembered: far more than a relay receives at a time. */
const REMEMBERED = 10_000;

export interface Sought {
  issueId: number;
  /** What the Message-IDs of the issue have in common, after the delivery's number. */
  label: { hash: string; domain: string };
  /** Deliveries to look for; the others are only counted. */
  ids: ReadonlySet<number>;
}

export interface Seen {
  line: string;
  at: Date | null;
}

export class RelayLog {
  /** The relay had them in its queue, with the line that says so. */
  readonly taken = new Map<number, Seen>();
  /** They began to arrive; nothing in the log says what happened to them. */
  readonly begun = new Map<number, Seen>();
  /** They began to arrive, and the connection was lost before the final dot, with the line that says so. */
  readonly lost = new Map<number, Seen>();
  /** From the first to the last of Postfix's lines, one span per file. */
  readonly spans: { from: Date; to: Date }[] = [];
  /** The line in which a logger reports that it dropped lines. */
  dropped: string | null = null;
  lines = 0;
  postfixLines = 0;
  /** Messages of the issue, whether they were looked for or not. */
  ofIssue = 0;
  readonly #sought: Sought;
  readonly #now: Date;
  readonly #needle: string;
  /** Queue id -> the delivery that arrives under it. Postfix reuses its ids. */
  readonly #arriving = new Map<string, number>();
  /** smtpd's process -> the queue id of the message that it receives. */
  readonly #reading = new Map<string, string>();
  /** Queue id -> the line of its lost connection. That line may come before the one with the Message-ID. */
  readonly #cut = new Map<string, Seen>();

  /** `now`: by this machine's clock, for times without a year. */
  constructor(sought: Sought, now: Date) {
    this.#sought = sought;
    this.#now = now;
    this.#needle = `: message-id=<${sought.issueId}.`;
  }

  /** Call it for one file after the other, oldest first: a message may span two of them. */
  async read(batches: AsyncIterable<readonly string[]>): Promise<void> {
    let first: Date | null = null;
    let last: string | null = null;
    for await (const lines of batches)
      for (const line of lines) {
        this.lines += 1;
        this.#noteDropped(line);
        if (!line.includes('postfix')) continue;
        this.postfixLines += 1;
        first ??= readLine(line, this.#now)?.at ?? null;
        last = line;
        this.#note(line);
      }
    const to = last === null ? null : (readLine(last, this.#now)?.at ?? null);
    if (first && to) this.spans.push({ from: first, to });
  }

  #note(line: string): void {
    const begins = line.includes(this.#needle);
    const ofClient = /: client=| after DATA/.test(line);
    if (!begins && !ofClient && this.#arriving.size === 0) return;
    const read = readLine(line, this.#now);
    if (!read) return;
    if (begins) this.#noteArrival(line, read);
    else if (read.service === 'smtpd') this.#noteClient(line, read);
    else this.#noteQueued(line, read);
  }

  /**
   * smtpd[30969]: 2BE0098804E: client=localhost[127.0.0.1]
   * smtpd[30969]: lost connection after DATA (63 bytes) from localhost[127.0.0.1]
   */
  #noteClient(line: string, { text, pid, at }: LogLine): void {
    const [, queueId] = /^([0-9A-Za-z]{5,}): client=/.exec(text) ?? [];
    if (queueId !== undefined) {
      this.#reading.set(pid, queueId);
      this.#arriving.delete(queueId);
      this.#cut.delete(queueId);
    } else if (/^(?:lost connection|timeout) after DATA(?: content)? \(\d+ bytes\) from /.test(text)) {
      const lost = this.#reading.get(pid);
      if (lost === undefined) return;
      this.#cut.set(lost, { line, at });
      const id = this.#arriving.get(lost);
      if (id !== undefined) this.#lose(id, lost);
    }
    for (const map of [this.#reading, this.#cut])
      if (map.size > REMEMBERED) map.delete(map.keys().next().value!);
  }

  /** `cleanup[30971]: 297AA98804D: message-id=<7.123.abcd1234@example.org>` */
  #noteArrival(line: string, { service, text, at }: LogLine): void {
    const found = /^([0-9A-Za-z]{5,}): message-id=<\d+\.(\d+)\.([0-9a-f]+)@([^>]+)>$/.exec(text);
    if (service !== 'cleanup' || !found) return;
    const [, queueId = '', number, hash, domain] = found;
    const { label, ids } = this.#sought;
    if (hash !== label.hash || domain !== label.domain) return;
    this.ofIssue += 1;
    const id = Number(number);
    if (!ids.has(id) || this.taken.has(id)) return;
    this.#arriving.set(queueId, id);
    this.begun.set(id, { line, at });
    if (this.#cut.has(queueId)) this.#lose(id, queueId);
  }

  #lose(id: number, queueId: string): void {
    this.lost.set(id, this.#cut.get(queueId)!);
    this.begun.delete(id);
    this.#arriving.delete(queueId);
  }

  #noteQueued(line: string, { service, text, at }: LogLine): void {
    const [, queueId = '', said = ''] = /^([0-9A-Za-z]{5,}): (.*)$/.exec(text) ?? [];
    const id = this.#arriving.get(queueId);
    if (id === undefined || !isQueued(service, said)) return;
    this.taken.set(id, { line: ownCopy(line), at });
    this.begun.delete(id);
    this.#arriving.delete(queueId);
  }

  /**
   * systemd-journald[214]: Suppressed 1210 messages from postfix.service
   * rsyslogd: imuxsock[pid 1234]: 150 messages lost due to rate-limiting
   * rsyslogd: imjournal: begin to drop messages due to rate-limiting
   */
  #noteDropped(line: string): void {
    if (/\bSuppressed \d+ messages from |\brate-limiting\b/.test(line)) this.dropped ??= line;
  }
}

/**
 * qmgr[30882]: 297AA98804D: from=<news@example.org>, size=294, nrcpt=1 (queue active)
 * smtp[30973]: 297AA98804D: to=<a@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=0.04, ..., status=sent (250 ok)
 */
const isQueued = (service: string, said: string): boolean =>
  (service === 'qmgr' && /^from=<[^>]*>, size=\d+, nrcpt=\d+ \(queue active\)/.test(said)) ||
  /^to=<[^>]*>,.* status=(?:sent|deferred|bounced|expired)\b/.test(said);

/** A substring keeps its whole string in memory, here a whole chunk of the log. */
const ownCopy = (line: string): string => Buffer.from(line).toString();
