/** Postrider's logo, a speeding envelope, in the colour of the surrounding text. */
export const POSTRIDER_LOGO =
  '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="currentColor"/><path d="M6 12h5M4.500 16h5M6 20h5" stroke="#fff" stroke-width="1.800" stroke-linecap="round" opacity=".7"/><path d="M13 10.500h12a1.500 1.500 0 0 1 1.500 1.500v8a1.500 1.500 0 0 1-1.500 1.500H13a1.500 1.500 0 0 1-1.500-1.500v-8a1.500 1.500 0 0 1 1.500-1.500z" fill="#fff"/><path d="m12.500 12.300 6.500 4.900 6.500-4.900" fill="none" stroke="currentColor" stroke-width="1.800" stroke-linecap="round" stroke-linejoin="round"/></svg>';

/** The logo as a standalone SVG in one colour (`#rrggbb`). */
export const logoSvg = (color: string): string =>
  POSTRIDER_LOGO.replace('class="logo"', 'xmlns="http://www.w3.org/2000/svg"').replaceAll(
    'currentColor',
    color,
  );

/** A `data:` address for `<link rel="icon">`, so that there is nothing to fetch. */
export const iconUrl = (color: string): string => `data:image/svg+xml,${encodeURIComponent(logoSvg(color))}`;
