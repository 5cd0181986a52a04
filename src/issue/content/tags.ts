/** Tells HTML tags from text that looks like one (`<scope>`, `Vec<u8>`, `<mj-text>`). */

/** Elements that an email may contain. `content/schema.ts` checks their attributes. */
export const ALLOWED_TAGS =
  'a b strong i em u s del ins sup sub small mark span p br hr img ul ol li dl dt dd blockquote pre code kbd samp var table caption thead tbody tfoot tr td th details summary h1 h2 h3 h4 h5 h6 center div section article figure figcaption q cite abbr bdi bdo strike'.split(
    ' ',
  );

/** Elements that are removed with their content. */
export const STRIPPED_TAGS =
  'script style noscript template head title object embed applet svg math canvas iframe frame frameset video audio source track select textarea'.split(
    ' ',
  );

/** Elements that are removed while their content stays. */
const UNWRAPPED_TAGS =
  'html body header footer nav main aside address font big tt acronym time data dfn ruby rt rp wbr picture map area form fieldset legend label input button option optgroup output progress meter link meta base param col colgroup tbody menu dir dialog hgroup search noembed noframes basefont'.split(
    ' ',
  );

const KNOWN = new Set([...ALLOWED_TAGS, ...STRIPPED_TAGS, ...UNWRAPPED_TAGS]);

export function isHtmlTag(name: string): boolean {
  return KNOWN.has(name.toLowerCase());
}

/** Elements without content. */
export const VOID_TAGS = new Set(
  'br hr img input meta link wbr area base col embed param source track'.split(' '),
);
