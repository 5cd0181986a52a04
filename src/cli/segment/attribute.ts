/** `postrider attribute list|set`: how segments read the attributes of a newsletter's readers. */
import { type Command, Option } from 'commander';
import { findNewsletter } from '../../audience/newsletters/newsletter.ts';
import { declareAttribute, knownAttributes } from '../../audience/segments/attributes.ts';
import { ATTRIBUTE_TYPES, type AttributeType } from '../../segment/filter.ts';
import type { OpenContext } from '../context.ts';
import { table } from '../text.ts';

const JSON_OPTION = ['--json', 'one JSON value on standard output'] as const;
const INFERRED = 'inferred';

export function attributeCommands(root: Command, open: OpenContext): void {
  const attribute = root
    .command('attribute')
    .description(
      'Attributes of readers, and whether segments read them as texts, numbers, dates or true and false.',
    );
  attribute
    .command('list <newsletter>')
    .description('Lists the attributes that readers of a newsletter have.')
    .option(...JSON_OPTION)
    .action((slug: string) => list(open, slug));
  attribute
    .command('set <newsletter> <name>')
    .description(
      'Declares the type of an attribute. Values stay as they are, and issues show them unchanged.',
    )
    .addOption(
      new Option('--type <type>', `"${INFERRED}" goes by the values again`)
        .choices([...ATTRIBUTE_TYPES, INFERRED])
        .makeOptionMandatory(),
    )
    .option(...JSON_OPTION)
    .addHelpText('after', '\nExample:\n  postrider attribute set weekly joined --type date')
    .action((slug: string, name: string, options: { type: AttributeType | typeof INFERRED }) =>
      set(open, slug, name, options.type),
    );
}

async function list(open: OpenContext, slug: string): Promise<void> {
  const { program, out } = await open();
  const newsletter = await findNewsletter(program.db, slug);
  const attributes = await knownAttributes(program.db, newsletter.id);
  const rows = attributes.map(({ name, type, declared }) => [
    name,
    type,
    declared ? 'declared' : 'by its values',
  ]);
  out(
    { newsletter: slug, attributes },
    rows.length === 0 ? `no reader of ${slug} has attributes` : table(['attribute', 'type', 'because'], rows),
  );
}

async function set(
  open: OpenContext,
  slug: string,
  name: string,
  type: AttributeType | typeof INFERRED,
): Promise<void> {
  const { program, out } = await open();
  const newsletter = await findNewsletter(program.db, slug);
  const stored = await declareAttribute(program.db, newsletter.id, name, type === INFERRED ? null : type);
  out(
    { newsletter: slug, ...stored },
    `${name} is read as a ${stored.type}${stored.declared ? '' : ', by its values'}`,
  );
}
