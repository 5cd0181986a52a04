/** A calendar file of one event (RFC 5545). Times are in UTC, so that it needs no table of time zones. */

interface CalendarEvent {
  /** Stays the same however often the issue is imported. */
  uid: string;
  summary: string;
  start: Date;
  end: Date | null;
  /** DTSTAMP. Not the current time, which would make another file of the same event at each import. */
  stamp: Date;
  place: string | null;
  url: string | null;
}

export function calendarFile(event: CalendarEvent): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Postrider//Newsletter//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${text(event.uid)}`,
    `DTSTAMP:${time(event.stamp)}`,
    `DTSTART:${time(event.start)}`,
    ...(event.end ? [`DTEND:${time(event.end)}`] : []),
    `SUMMARY:${text(event.summary)}`,
    ...(event.place ? [`LOCATION:${text(event.place)}`] : []),
    ...(event.url ? [`URL:${event.url.replace(/[\s\u0000-\u001f]/g, '')}`] : []),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}

/** 3.3.11: backslashes, semicolons, commas and line ends are escaped. */
function text(value: string): string {
  return value
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n?|\n/g, '\\n')
    .replace(/[\u0000-\u001f\u007f]/g, '');
}

/** 3.3.5, form 2: `20260812T110000Z`. */
const time = (date: Date): string => date.toISOString().replace(/[-:]|\.\d+/g, '');

/** 3.1: no line over 75 octets, none cut inside a character. */
function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 75) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}
