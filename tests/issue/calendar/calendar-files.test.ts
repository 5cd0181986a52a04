import { describe, expect, it } from 'vitest';
import { calendarFiles } from '../../../src/issue/calendar/calendar-files.ts';
import { calendarFile } from '../../../src/issue/calendar/ics.ts';
import { readIssue } from '../../../src/issue/read.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { context } from '../../render/fixtures.ts';

const OFFER = { newsletter: 'weekly', slug: 'x', timezone: 'Asia/Shanghai' };
const event = (time: string, date = '2026-08-05') =>
  readIssue(
    `---\ntitle: T\ndate: ${date}\n---\n\n### 社区直播报名\n\n**主题**：存储，入门\n\n**时间**：${time}\n\n**地点**：Pier 3; hall\n\n**报名**：[这里](https://x.example/live)`,
    { file: 'x.md' },
  );
const filesOf = (document: ReturnType<typeof event>) =>
  [...calendarFiles(document, OFFER)].map(([key, { bytes, type }]) => ({ key, type, text: String(bytes) }));

describe('the calendar file of an event', () => {
  it('says what the issue says, in UTC by the clock of the newsletter', () => {
    const [file] = filesOf(event('8 月 12 日（周三）19:00-20:00'));
    expect(file).toMatchObject({ key: 'calendar:8', type: 'text/calendar; charset=utf-8' });
    expect(file?.text.split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Postrider//Newsletter//EN',
      'METHOD:PUBLISH',
      'BEGIN:VEVENT',
      'UID:weekly-x-2026-08-12-8@postrider',
      'DTSTAMP:20260805T000000Z',
      'DTSTART:20260812T110000Z',
      'DTEND:20260812T120000Z',
      'SUMMARY:存储，入门',
      'LOCATION:Pier 3\\; hall',
      'URL:https://x.example/live',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('keeps the end of an event that goes on over midnight', () => {
    const [file] = filesOf(event('8 月 12 日 22:00-01:30'));
    expect(file?.text).toContain('DTSTART:20260812T140000Z\r\nDTEND:20260812T173000Z\r\n');
    const [long] = filesOf(event('8 月 12 日 09:00 - 8 月 14 日 24:00'));
    expect(long?.text).toContain('DTSTART:20260812T010000Z\r\nDTEND:20260814T160000Z\r\n');
  });

  it('is the same each time the issue is read', () => {
    expect(filesOf(event('8 月 12 日 19:00'))).toEqual(filesOf(event('8 月 12 日 19:00')));
  });

  it.each(['下周三晚上', '8 月 1 日 19:00', '8 月 12 日 7 点'])('is not offered for %s', (time) => {
    expect(filesOf(event(time))).toEqual([]);
  });

  it('escapes what RFC 5545 gives a meaning, and folds lines at 75 octets between characters', () => {
    const at = new Date('2026-08-12T11:00:00Z');
    const file = calendarFile({
      uid: 'u',
      summary: `a,b;c\\d\ne${'汉'.repeat(60)}`,
      start: at,
      end: null,
      stamp: at,
      place: null,
      url: null,
    });
    const lines = file.split('\r\n');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    expect(file.replaceAll('\r\n ', '')).toContain(`SUMMARY:a\\,b\\;c\\\\d\\ne${'汉'.repeat(60)}\r\n`);
    expect(file).not.toContain('�');
  });

  it('is a link in the mail and in its text where it is served, else not', async () => {
    const document = event('8 月 12 日 19:00');
    const served = await renderIssue(document, context({ image: (url) => `https://m.example/${url}` }));
    expect(served.edition.html).toContain('href="https://m.example/calendar:8.ics"');
    expect(served.edition.text).toContain('https://m.example/calendar:8.ics');
    const { edition } = await renderIssue(document, context());
    expect(`${edition.html}${edition.text}`).not.toContain('.ics');
  });
});
