/** Pictures that say nothing, that some programs do not show, or that make readers wait. */
import { hasSlots } from '../issue/targets/target.ts';
import { usefulAlt } from '../render/content/alt-text.ts';
import { pictureUrl } from '../render/content/url.ts';
import type { Check, Finding, KeptPicture, Subject } from './check.ts';
import { type FoundPicture, linksAndPicturesOf } from './links-and-pictures.ts';
import { lineOf } from './source-lines.ts';

type Fault = (picture: FoundPicture, kept: KeptPicture | undefined, subject: Subject) => string | null;

function pictureCheck(about: Omit<Check, 'find'>, fault: Fault): Check {
  return {
    ...about,
    find: (subject): Finding[] =>
      linksAndPicturesOf(subject.document).pictures.flatMap((picture): Finding[] => {
        const text = fault(picture, subject.pictures.get(picture.url), subject);
        return text === null ? [] : [{ line: lineOf(subject.source, picture.url, picture.line), text }];
      }),
  };
}

const shortName = (url: string): string => {
  const name = url.split(/[?#]/)[0]!.split('/').at(-1) || url;
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
};

/** Where it is on the web; null where it has no place there. */
const addressOf = ({ document, newsletter }: Subject, url: string): string | null =>
  pictureUrl(url, document.baseUrl ?? newsletter.baseUrl ?? document.canonicalUrl);

/** It comes from where the issue says, not from us. */
const staysAway = (kept: KeptPicture | undefined, { mirrors }: Subject): boolean =>
  kept === undefined && !mirrors;

const noAlt = pictureCheck(
  {
    rule: 'image-no-alt',
    severity: 'warning',
    advice:
      'Write what the picture shows: `![the new pier at noon](https:…)`. `图片`, `image` and file names say nothing and are not read out.',
  },
  ({ alt, isSpokenFor }) =>
    isSpokenFor || usefulAlt(alt) !== ''
      ? null
      : 'this picture says nothing to those who cannot see it or whose program shows none; write what it shows: ![…](…)',
);

const missing = pictureCheck(
  {
    rule: 'image-missing',
    severity: 'error',
    advice: 'Put the picture beside the file, or write its whole address; a forced send leaves it out.',
  },
  ({ url }, kept, subject) =>
    // Importing says it in its own words (picture-not-taken), for all that it could not take.
    subject.edition === null || kept || url === '' || hasSlots(url) || addressOf(subject, url) !== null
      ? null
      : `the picture ${shortName(url)} is not there: neither beside the file nor below a base URL; it is left out`,
);

const http = pictureCheck(
  {
    rule: 'image-http',
    severity: 'warning',
    advice:
      'Write `https:`, or let Postrider take the pictures along (`newsletter set NAME --images mirror`): programs block `http:`.',
  },
  ({ url }, kept, subject) =>
    /^http:/i.test(url) && staysAway(kept, subject)
      ? 'this picture is loaded without encryption (http:), and many programs do not load it at all'
      : null,
);

const format = pictureCheck(
  {
    rule: 'image-format',
    severity: 'warning',
    advice: 'Make it a PNG or JPEG, or let Postrider take the pictures along, which turns it.',
  },
  ({ url }, kept, subject) => {
    const type = /\.(webp|avif|svgz?|heic|tiff?|bmp)(?:[?#!~@].*)?$/i.exec(url)?.[1];
    return type === undefined || !staysAway(kept, subject)
      ? null
      : `Outlook for Windows shows no ${type.toUpperCase()}; make a PNG or JPEG of it`;
  },
);

/** A phone on a slow net waits several seconds for more. */
const HEAVY = 1_000_000;
const heavy = pictureCheck(
  {
    rule: 'image-heavy',
    severity: 'warning',
    advice: 'Make it smaller: readers on a phone wait for it, and pay.',
  },
  ({ url }, kept) =>
    kept?.bytes && kept.bytes > HEAVY
      ? `the picture ${shortName(url)} has ${(kept.bytes / 1_000_000).toFixed(1)} MB; below 1 MB it comes in time`
      : null,
);

export const pictureChecks: readonly Check[] = [noAlt, missing, http, format, heavy];
