/**
 * Alt texts that describe their picture. Editors' tools write some that do not (`图片`, `weekly.jpg`,
 * `image | left | 300x200`), and screen readers should not read those out.
 */
const JUNK: readonly RegExp[] = [
  /^(图片|图|封面|头图|配图|截图|二维码|插图|描述|image|images|img|picture|pic|photo|screenshot|cover|banner|logo|avatar|alt|alt text|untitled)[\s\d._-]*$/i,
  /^[^\s]+\.(jpe?g|png|gif|webp|svg|bmp|avif|heic)(\s*\|.*)?$/i,
  /^[^|]*\|\s*(left|right|center|inline|\d+x\d+)\b.*$/i,
  /^(img|dsc|mmexport|wx_camera|微信图片)[_-]?\d+.*$/i,
  /^https?:\/\/\S+$/i,
  /^[\d\s._-]+$/,
  /^[0-9a-f-]{16,}$/i,
];

/** The alt text if it describes something, else ''. */
export function usefulAlt(alt: string | null | undefined): string {
  const text = (alt ?? '').replace(/\s+/g, ' ').trim();
  return JUNK.some((junk) => junk.test(text)) ? '' : text;
}
