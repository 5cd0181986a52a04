/** Finds transparent pictures with dark content, which would be invisible in dark mode without a background. */
import type { Sharp } from 'sharp';

/** In px: the picture is scaled down to this before its pixels are counted. */
const SAMPLE = 64;
/** Share of all pixels. Fewer transparent ones are a smooth edge or a round corner. */
const SEE_THROUGH = 0.08;
/** Mean brightness of the visible pixels, 0 to 255. */
const DARK = 110;

/** Whether the picture is partly transparent, and its visible part mostly dark. */
export async function needsBackground(picture: Sharp): Promise<boolean> {
  const { data } = await picture
    .resize({ width: SAMPLE, height: SAMPLE, fit: 'fill' })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  let [clear, seen, light] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]! / 255;
    if (alpha < 0.5) clear += 1;
    seen += alpha;
    light += alpha * (0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!);
  }
  return clear > (data.length / 4) * SEE_THROUGH && seen > 0 && light / seen < DARK;
}
