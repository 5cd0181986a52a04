/** Makes calendar files of an issue's events and meetings, which are stored beside its pictures. */
import { Temporal } from '@js-temporal/polyfill';
import type { Block, Document } from '../document/document.ts';
import { type Medium, mediumOf } from '../media/store.ts';
import { calendarKey } from './calendar-key.ts';
import { type EventTime, readEventTime, type TimeOfDay } from './event-time.ts';
import { calendarFile } from './ics.ts';

type Gathering = Extract<Block, { kind: 'event' | 'meeting' }>;

interface CalendarOptions {
  newsletter: string;
  slug: string;
  /** IANA name, for times without a zone. */
  timezone: string;
}

/** Keyed by `calendarKey`. An event that is over when the issue appears gets no file. */
export function calendarFiles(document: Document, offer: CalendarOptions): Map<string, Medium> {
  const files = new Map<string, Medium>();
  for (const block of document.blocks) {
    if (block.kind !== 'event' && block.kind !== 'meeting') continue;
    const file = fileOf(block, document, offer);
    if (file !== null) files.set(calendarKey(block), file);
  }
  return files;
}

function fileOf(block: Gathering, document: Document, offer: CalendarOptions): Medium | null {
  const when = block.time === undefined ? null : readEventTime(block.time, document.date);
  if (!when || (document.date !== null && dayOf(when) < document.date)) return null;
  const file = calendarFile({
    uid: `${offer.newsletter}-${offer.slug}-${dayOf(when)}-${block.line}@postrider`,
    summary: block.topic ?? document.title,
    start: momentOf(when, when.start, offer.timezone),
    end: when.end && momentOf(when, when.end, offer.timezone, when.end.days),
    stamp: new Date(`${document.date ?? dayOf(when)}T00:00:00Z`),
    place: block.place ?? null,
    url: block.url !== undefined && /^https?:\/\//i.test(block.url) ? block.url : null,
  });
  return mediumOf({
    type: 'text/calendar; charset=utf-8',
    bytes: Buffer.from(file),
    width: null,
    height: null,
  });
}

const dayOf = ({ year, month, day }: EventTime): string =>
  [String(year), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

function momentOf(when: EventTime, { hour, minute }: TimeOfDay, timezone: string, days = 0): Date {
  const { year, month, day, zone } = when;
  const local = Temporal.PlainDateTime.from({ year, month, day, hour, minute }).add({ days });
  return new Date(local.toZonedDateTime(zone ?? timezone).epochMilliseconds);
}
