/** Colours as a theme writes them: `#rgb` or `#rrggbb`. Contrast follows WCAG 2.2, 1.4.3. */

type Rgb = readonly [number, number, number];

/** The least contrast at which text is readable: WCAG 2.2, 1.4.3. */
export const MIN_CONTRAST = 4.5;

export const isColor = (value: string): boolean => /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value);

/** Contrast of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever is easier to read on `background`. */
export const textColorOn = (background: string): string =>
  contrast('#ffffff', background) >= contrast('#10151d', background) ? '#ffffff' : '#10151d';

/** `color`, moved towards white or black just far enough to be readable on `background`. */
export const readableOn = (color: string, background: string): string =>
  readableOnAll(color, () => [background]);

/**
 * Like `readableOn`, for several backgrounds, which may be mixed with some of the colour. They must be all light or all
 * dark.
 */
export function readableOnAll(color: string, backgroundsFor: (ink: string) => readonly string[]): string {
  const goal = backgroundsFor(color).some((background) => luminance(background) > 0.18)
    ? '#000000'
    : '#ffffff';
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(color, goal, share);
    if (backgroundsFor(mixed).every((background) => contrast(mixed, background) >= MIN_CONTRAST))
      return mixed;
  }
  return goal;
}

/** `surface` with a little of `ink` mixed in. */
export const softTint = (surface: string, ink: string): string =>
  mix(surface, ink, luminance(surface) < 0.18 ? 0.17 : 0.09);

/** `color` with a `share` (0 to 1) of `other` mixed in. */
export function mix(color: string, other: string, share: number): string {
  const [from, to] = [rgb(color), rgb(other)];
  const parts = from.map((value, index) => Math.round(value + (to[index]! - value) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function rgb(color: string): Rgb {
  const digits = color.length === 4 ? color.replace(/[0-9a-f]/gi, '$&$&') : color;
  return [1, 3, 5].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** Relative luminance, 0 (black) to 1 (white). */
function luminance(color: string): number {
  const [r, g, b] = rgb(color).map(linear) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function linear(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
