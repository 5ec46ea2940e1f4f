import type { Command } from 'commander';
import { Fault, quote } from '../../base/fault.ts';
import { type AnswerFlags, print, withFormat } from '../answers.ts';
import { ask } from '../client.ts';
import { type Field, toFields } from '../fields.ts';
import { toTable } from '../table.ts';
import { type SettingSchema, settingsOf } from './settings.ts';

interface Rotator {
  readonly kind: string;
  readonly needsAdmin: boolean;
  readonly config: SettingSchema;
}

const LONGEST_NAME = 24;

/** `reeve secret rotators [kind]`: what plans may name, and what each takes. */
export function addRotators(secret: Command): void {
  withFormat(
    secret
      .command('rotators [kind]')
      .summary('what plans may name; with a kind: each setting that it takes'),
  ).action(async (kind: string | undefined, flags: AnswerFlags) => {
    const all = await ask<{ items: Rotator[] }>(flags, '/api/v1/rotators');
    if (kind === undefined) return print(flags, all, table);
    const one = all.items.find((rotator) => rotator.kind === kind);
    if (one) return print(flags, one, toText);
    throw new Fault('client/rotator-not-found', `There is no rotator ${quote(kind)}`, {
      hint: `it is one of: ${all.items.map((rotator) => rotator.kind).join(', ')}`,
    });
  });
}

function table({ items }: { readonly items: readonly Rotator[] }): string {
  const rows = toTable(items, [
    { title: 'rotator', value: ({ kind }) => kind },
    { title: 'admin', value: ({ needsAdmin }) => (needsAdmin ? 'needed' : '-') },
    { title: 'settings (* needed)', value: ({ config }) => summary(config), shrinks: 'text' },
  ]);
  return `${rows}\n\n\`reeve secret rotators KIND\` tells each setting of one.`;
}

function summary({ properties = {}, required = [] }: SettingSchema): string {
  const names = Object.keys(properties);
  const needed = names.filter((name) => required.includes(name)).map((name) => `${name}*`);
  const others = names.length - needed.length;
  const more =
    others === 0 ? [] : [needed.length === 0 ? `${others}, none needed` : `and ${others} more`];
  return [...needed, ...more].join(' ');
}

/** All that a plan may set, in lines of 80 columns. */
export function toText({ kind, needsAdmin, config }: Rotator): string {
  const settings = settingsOf(config);
  const width = Math.min(LONGEST_NAME, Math.max(8, ...settings.map(({ name }) => name.length + 1)));
  const rows = settings.map(
    ({ name, isNeeded, value, description }): Field => [
      isNeeded ? `${name}*` : name,
      [value, description],
    ],
  );
  const admin = needsAdmin ? 'needed: --admin names its secret' : 'not needed; --admin names one';
  return `${toFields(
    [
      ['rotator', [kind]],
      ['admin', [admin]],
    ],
    width,
  )}

Settings (* needed), as in --set name=value:
${toFields(rows, width)}`;
}
