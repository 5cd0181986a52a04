/** What a block template (`emails/blocks/<kind>.mjml`) sees as `block.*`: plain values, ready HTML, whole addresses. */
import type { Element } from 'hast';
import type { Block } from '../../issue/document/document.ts';
import { codeBlock } from '../content/code-block.ts';
import { picture } from '../content/picture.ts';
import { siteName } from '../content/url.ts';
import { type BlockContext, type BlockOf, html, label, plain, url } from './block-context.ts';
import { toneOf } from './callout-tone.ts';
import { headlineOf } from './headline.ts';
import { contributorsView, eventView, questionView, readingsView } from './list-views.ts';
import type { BlockPart } from './split-block.ts';

type Kind = Block['kind'];
type View<K extends Kind> = (context: BlockContext, block: BlockOf<K>) => object | null;

/** The view of a block, or null when nothing of it can be shown (a picture or a button without an address). */
export function blockView<K extends Kind>(context: BlockContext, block: BlockOf<K>): object | null {
  return (VIEWS[block.kind] as View<K>)(context, block);
}

const VIEWS: { [K in Kind]: View<K> } = {
  prose: plain,
  quote: plain,
  table: plain,
  footnotes: plain,
  divider: () => ({}),
  heading: (context, { content, depth }) => ({
    html: html(context, content),
    level: Math.min(Math.max(depth - context.topDepth, 0) + 2, 4),
  }),
  code: (context, block) => ({ html: html(context, [listing(block)]) }),
  banner(context, { title, image, content }) {
    const { words } = headlineOf(title ?? '', context.newsletter, {});
    const said = html(context, content);
    const heading = label(context, words || null);
    return {
      title: heading,
      image: picture(context.settings, image, label(context, title) ?? context.t('block.banner')),
      html: said,
      words: heading !== null || said !== '',
    };
  },
  image(context, block) {
    const image = picture(context.settings, block.image, context.settings.picture);
    if (image === null) return null;
    const wide = image.width === context.settings.width;
    return { image, url: url(context, block.url), hero: wide && block === context.opening };
  },
  qr(context, { image, text }) {
    const code = picture(context.settings, image, context.t('block.qr'));
    return code && { image: code, text: label(context, text) };
  },
  button(context, { label: words, url: address }) {
    const leads = url(context, address);
    return leads === null ? null : { label: label(context, words), url: leads };
  },
  video(context, { title, url: address, cover }) {
    const leads = url(context, address);
    if (leads === null) return null;
    const named = label(context, title) || siteName(leads);
    return { title: named, url: leads, cover: picture(context.settings, cover, named) };
  },
  sponsor: (context, block) => ({ ...plain(context, block), url: url(context, block.url) }),
  callout(context, block) {
    const tone = toneOf(block.tone);
    return {
      ...plain(context, block),
      tone,
      title: label(context, block.title) ?? context.t(`block.${tone}`),
    };
  },
  event: eventView,
  meeting: eventView,
  tasks: (context, { groups }) => ({
    groups: groups.map(({ project, level, tasks }) => ({
      project: label(context, project),
      level: label(context, level),
      tasks: tasks.map((task) => html(context, task)),
    })),
  }),
  releases: (context, { releases }) => ({
    releases: releases.map((each) => ({
      name: label(context, each.name),
      version: label(context, each.version),
      url: url(context, each.url),
      html: html(context, each.content),
    })),
  }),
  qa: (context, { questions }) => ({
    questions: questions.map((question) => questionView(context, question)),
  }),
  reading: readingsView,
  contributors: contributorsView,
};

/** If a listing is split over two sections, its frame stays open at the cut. */
function listing({ code, language, cut }: BlockOf<'code'> & Pick<BlockPart, 'cut'>): Element {
  const pre = codeBlock(code, language);
  const open = [...(cut?.above ? ['goes-on'] : []), ...(cut?.below ? ['to-go-on'] : [])];
  return open.length > 0 ? { ...pre, properties: { className: open } } : pre;
}
