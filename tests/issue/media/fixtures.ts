/** Pictures made for a test. */
import sharp, { type Sharp } from 'sharp';

/** A plain colour, half transparent where `alpha`. */
export const plain = (width: number, height: number, alpha = false): Sharp =>
  sharp({ create: { width, height, channels: alpha ? 4 : 3, background: alpha ? '#0a58' : '#0a5' } });

/** Every pixel another, so that no encoder makes it small. */
export const noise = (width: number, height: number): Sharp =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });

/** Two frames, as GIF or WebP. */
export function moving(width: number, height: number): Sharp {
  const raw = Buffer.alloc(width * height * 2 * 3, 40).fill(200, width * height * 3);
  return sharp(raw, { raw: { width, height: height * 2, channels: 3, pageHeight: height } });
}

export const svg = (width: number, height: number, inside = ''): Buffer =>
  Buffer.from(
    `<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><circle cx="9" cy="9" r="9" fill="teal"/>${inside}</svg>`,
  );
