/** A mail's HTML as one kind of reader sees it, whatever the viewing browser prefers. */

export const LOOKS = ['desktop', 'phone', 'dark', 'images-off'] as const;
export type Look = (typeof LOOKS)[number];

/** The width of the mail's window, in px. */
export const WIDTHS: Readonly<Record<Look, number>> = {
  desktop: 900,
  phone: 375,
  dark: 900,
  'images-off': 900,
};

export const isLook = (text: string | undefined): text is Look => LOOKS.some((look) => look === text);

/** Fixes `prefers-color-scheme` instead of leaving it to the browser. Blocking pictures is up to the page's policy. */
export function showAs(html: string, look: Look): string {
  const dark = look === 'dark';
  return html
    .replace(/<style\b[\s\S]*?<\/style>/gi, (style) => settled(style, dark))
    .replace(
      /(<meta name="(?:supported-)?color-schemes?" content=")[^"]*"/gi,
      `$1${dark ? 'dark' : 'light'}"`,
    );
}

const settled = (style: string, dark: boolean): string =>
  style
    .replace(/\(prefers-color-scheme:\s*dark\)/gi, dark ? '(min-width:0)' : '(max-width:0)')
    .replace(/\bcolor-scheme:\s*light dark/gi, `color-scheme:${dark ? 'dark' : 'light'}`);
