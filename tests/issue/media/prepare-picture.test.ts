import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import { scriptsWithoutFont } from '../../../src/issue/media/fonts.ts';
import { kindOf } from '../../../src/issue/media/picture-kind.ts';
import { type PreparedPicture, preparePicture } from '../../../src/issue/media/prepare-picture.ts';
import { renderSvg } from '../../../src/issue/media/render-svg.ts';
import { moving, noise, plain, svg } from './fixtures.ts';

const WIDE = 1_000;
const shape = (bytes: Buffer): Promise<PreparedPicture> => preparePicture(bytes, WIDE);
const facts = ({ type, width, height }: PreparedPicture) => [type, width, height];

test('a picture that mail programs show and that is not too wide stays as it is, to the byte', async () => {
  for (const bytes of [await plain(300, 200).png().toBuffer(), await plain(300, 200).jpeg().toBuffer()]) {
    const shaped = await shape(bytes);
    expect(shaped.bytes.equals(bytes)).toBe(true);
    expect([shaped.width, shaped.height]).toEqual([300, 200]);
  }
});

test('what is too wide is scaled, in its own kind', async () => {
  expect(facts(await shape(await plain(2_000, 1_000).jpeg().toBuffer()))).toEqual(['image/jpeg', 1_000, 500]);
  expect(facts(await shape(await plain(2_000, 600, true).png().toBuffer()))).toEqual([
    'image/png',
    1_000,
    300,
  ]);
});

test('WebP and AVIF become JPEG, or PNG where they are transparent', async () => {
  expect(facts(await shape(await plain(40, 20).webp().toBuffer()))).toEqual(['image/jpeg', 40, 20]);
  expect(facts(await shape(await plain(40, 20).avif().toBuffer()))).toEqual(['image/jpeg', 40, 20]);
  for (const bytes of [
    await plain(40, 20, true).webp().toBuffer(),
    await plain(40, 20, true).avif().toBuffer(),
  ]) {
    const shaped = await shape(bytes);
    expect(facts(shaped)).toEqual(['image/png', 40, 20]);
    expect((await sharp(shaped.bytes).stats()).isOpaque).toBe(false);
  }
});

test('what moves goes on moving', async () => {
  const gif = await moving(1_200, 20).gif().toBuffer();
  expect((await shape(gif)).bytes.equals(gif)).toBe(true);
  expect(facts(await shape(gif))).toEqual(['image/gif', 1_200, 20]);
  const turned = await shape(await moving(30, 20).webp({ lossless: true }).toBuffer());
  expect(facts(turned)).toEqual(['image/gif', 30, 20]);
  expect((await sharp(turned.bytes).metadata()).pages).toBe(2);
});

test('a photo is turned upright, and forgets where it was taken', async () => {
  const photo = await plain(300, 200)
    .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect((await sharp(photo).metadata()).exif).toBeDefined();
  const shaped = await shape(photo);
  expect(facts(shaped)).toEqual(['image/jpeg', 200, 300]);
  expect((await sharp(shaped.bytes).metadata()).exif).toBeUndefined();
});

test('a drawing is drawn, twice its size; nothing it names is read, nothing in it runs', async () => {
  expect(facts(await shape(svg(200, 100)))).toEqual(['image/png', 400, 200]);
  expect(facts(await shape(svg(3_000, 1_500)))).toEqual(['image/png', 1_000, 500]);
  const naming = svg(
    20,
    20,
    '<image href="file:///etc/hostname" width="9" height="9"/><script>alert(1)</script>',
  );
  expect((await shape(naming)).type).toBe('image/png');
});

test('a drawing that takes too long is ended with its process', async () => {
  await expect(renderSvg(svg(200, 100), 1_000, 1_000_000, 1)).rejects.toThrow(
    'it takes longer than 0.001 s to draw',
  );
});

test('words that no font here can draw are told, instead of drawn as boxes', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'postrider-no-fonts-'));
  const conf = join(empty, 'fonts.conf');
  await writeFile(
    conf,
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>',
  );
  vi.stubEnv('FONTCONFIG_FILE', conf);
  try {
    expect(await scriptsWithoutFont(`<svg><text x="1">Lamps &#28783; и</text></svg>`)).toEqual([
      'Latin',
      'Han',
      'Cyrillic',
    ]);
    await expect(shape(svg(20, 20, '<text>灯</text>'))).rejects.toThrow(
      'no font here can draw its Han words: install one, or save it as PNG',
    );
    expect((await shape(svg(20, 20, '<rect/>'))).type).toBe('image/png');
  } finally {
    vi.unstubAllEnvs();
    await rm(empty, { recursive: true });
  }
});

test.each([
  ['many comments', `${'<!-- a -->'.repeat(300)}<svg>`],
  ['a declaration, a doctype and blanks', '\uFEFF <?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x">\n<svg\n>'],
  ['nothing', '<svg/>'],
])('a drawing may begin with %s', (_, text) => {
  expect(kindOf(Buffer.from(text))).toBe('svg');
});

test.each(['<!-- open <svg>', '<svgs>', 'a <svg>', `${'<!-- a -->'.repeat(300)}`])(
  'no drawing: %s',
  (text) => {
    expect(kindOf(Buffer.from(text))).toBeNull();
  },
);

test('the same picture gives the same bytes', async () => {
  const bytes = await noise(1_500, 40).webp().toBuffer();
  expect((await shape(bytes)).bytes.equals((await shape(bytes)).bytes)).toBe(true);
});

test.each([
  ['a page', Buffer.from('<!doctype html><html><body>404 <svg></svg></body></html>')],
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('GIF, PNG and JPEG walk into a bar')],
])('is no picture: %s', async (_, bytes) => {
  expect(kindOf(bytes)).toBeNull();
  await expect(shape(bytes)).rejects.toMatchObject({ code: 'bad-picture' });
});

test('a picture that is cut off, or unpacks to a wall, is refused in words', async () => {
  const whole = await noise(1_200, 100).png().toBuffer();
  await expect(shape(whole.subarray(0, whole.length / 2))).rejects.toThrow(/^cannot be read as PNG \(/);
  const bomb = await plain(9_000, 9_000).png().toBuffer();
  for (const bytes of [bomb, svg(30_000, 30_000)]) await expect(shape(bytes)).rejects.toThrow(/pixel limit/);
});

test('a picture that stays too large for readers on a phone is refused, and says how large it is', async () => {
  const heavy = await noise(1_000, 2_400).png({ compressionLevel: 0 }).toBuffer();
  await expect(shape(heavy)).rejects.toThrow(/has \d+ bytes, at most 5242880 are kept/);
});

test('a drawing in dark ink on nothing gets paper, for dark mode; what is light, full or moving stays as it is', async () => {
  const drawing = (ink: string) =>
    sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><path d="M0 20h80" stroke="${ink}" stroke-width="8"/></svg>`,
      ),
    )
      .png()
      .toBuffer();
  const cornerOf = async ({ bytes }: PreparedPicture) => [
    ...(await sharp(bytes).ensureAlpha().raw().toBuffer()).subarray(0, 4),
  ];
  expect(await cornerOf(await shape(await drawing('#111')))).toEqual([255, 255, 255, 255]);
  const light = await drawing('#eee');
  expect((await shape(light)).bytes.equals(light)).toBe(true);
  const full = await plain(80, 40, true).flatten({ background: '#000' }).png().toBuffer();
  expect((await shape(full)).bytes.equals(full)).toBe(true);
});
