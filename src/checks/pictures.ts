/** Pictures without a useful alt text, that some programs do not show, or that make readers wait. */
import { hasSlots } from '../issue/targets/target.ts';
import { usefulAlt } from '../render/content/alt-text.ts';
import { pictureUrl } from '../render/content/url.ts';
import type { Check, CheckedIssue, Finding, KeptPicture } from './check.ts';
import { type FoundPicture, linksAndPicturesOf } from './links-and-pictures.ts';
import { lineOf } from './source-lines.ts';

type Fault = (picture: FoundPicture, kept: KeptPicture | undefined, issue: CheckedIssue) => string | null;

function pictureCheck(about: Omit<Check, 'find'>, fault: Fault): Check {
  return {
    ...about,
    find: (issue): Finding[] =>
      linksAndPicturesOf(issue.document).pictures.flatMap((picture): Finding[] => {
        const text = fault(picture, issue.pictures.get(picture.url), issue);
        return text === null ? [] : [{ line: lineOf(issue.source, picture.url, picture.line), text }];
      }),
  };
}

const shortName = (url: string): string => {
  const name = url.split(/[?#]/)[0]!.split('/').at(-1) || url;
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
};

/** Its address on the web, or null. */
const addressOf = ({ document, newsletter }: CheckedIssue, url: string): string | null =>
  pictureUrl(url, document.baseUrl ?? newsletter.baseUrl ?? document.canonicalUrl);

/** Readers will load it from the address in the issue, not from us. */
const staysRemote = (kept: KeptPicture | undefined, { mirrors }: CheckedIssue): boolean =>
  kept === undefined && !mirrors;

const noAlt = pictureCheck(
  {
    rule: 'image-no-alt',
    severity: 'warning',
    advice:
      'Describe what the picture shows: `![the new pier at noon](https:…)`. `图片`, `image` and file names describe nothing and are not read out.',
  },
  ({ alt, hasFallbackAlt }) =>
    hasFallbackAlt || usefulAlt(alt) !== ''
      ? null
      : 'this picture has no description for readers who cannot see it or whose program blocks pictures: ![what it shows](…)',
);

const missing = pictureCheck(
  {
    rule: 'image-missing',
    severity: 'error',
    advice:
      'Put the picture beside the file, or write its whole address; a forced send leaves the picture out.',
  },
  ({ url }, kept, issue) =>
    // Importing reports pictures that it could not copy itself (picture-not-taken).
    issue.edition === null || kept || url === '' || hasSlots(url) || addressOf(issue, url) !== null
      ? null
      : `the picture ${shortName(url)} is missing: it is neither beside the file nor below a base URL; the mail leaves it out`,
);

const http = pictureCheck(
  {
    rule: 'image-http',
    severity: 'warning',
    advice:
      'Write `https:`, or let Postrider serve the pictures (`newsletter set NAME --images mirror`): mail programs block `http:`.',
  },
  ({ url }, kept, issue) =>
    /^http:/i.test(url) && staysRemote(kept, issue)
      ? 'this picture is loaded without encryption (http:), so many mail programs do not load it at all'
      : null,
);

const format = pictureCheck(
  {
    rule: 'image-format',
    severity: 'warning',
    advice:
      'Convert it to PNG or JPEG, or let Postrider serve the pictures and convert it (`newsletter set NAME --images mirror`).',
  },
  ({ url }, kept, issue) => {
    const type = /\.(webp|avif|svgz?|heic|tiff?|bmp)(?:[?#!~@].*)?$/i.exec(url)?.[1];
    return type === undefined || !staysRemote(kept, issue)
      ? null
      : `Outlook for Windows cannot show ${type.toUpperCase()}: convert the picture to PNG or JPEG`;
  },
);

/** A phone on a slow network needs several seconds for this much. */
const MAX_PICTURE_BYTES = 1_000_000;
const heavy = pictureCheck(
  {
    rule: 'image-heavy',
    severity: 'warning',
    advice: 'Make it smaller: readers on a phone wait for it and pay for it.',
  },
  ({ url }, kept) =>
    kept?.bytes && kept.bytes > MAX_PICTURE_BYTES
      ? `the picture ${shortName(url)} has ${(kept.bytes / 1_000_000).toFixed(1)} MB; keep it below 1 MB`
      : null,
);

export const pictureChecks: readonly Check[] = [noAlt, missing, http, format, heavy];
