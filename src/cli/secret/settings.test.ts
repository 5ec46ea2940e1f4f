import { expect, it } from 'vitest';
import { z } from 'zod';
import { RedisRotation } from '../../secrets/rotators/redis/config.ts';
import { toText } from './rotators.ts';
import { type SettingSchema, settingsOf } from './settings.ts';

const schemaOf = (config: z.ZodType) =>
  z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as SettingSchema;

const lines = (config: z.ZodType) =>
  settingsOf(schemaOf(config)).map(
    ({ name, isNeeded, value, description }) =>
      `${name}${isNeeded ? '*' : ''} ${value}${description === null ? '' : ` (${description})`}`,
  );

it.each<[string, z.ZodType, readonly string[]]>([
  ['a text', z.string(), ['it* text']],
  ['a default', z.int().min(1).max(60).default(5), ['it 1 to 60, else 5']],
  ['a default that no line could hold', z.string().default('x'.repeat(41)), ['it text']],
  ['a choice', z.enum(['save', 'memory']).optional(), ['it save | memory']],
  ['a list', z.array(z.string()), ['it* list of text']],
  ['nothing', z.string().nullable(), ['it* text | null']],
  ['a group', z.object({ port: z.int() }), ['it.port* whole number']],
  ['a list of groups', z.array(z.object({ a: z.boolean() })), ['it[].a* true | false']],
  [
    'a group that says what for',
    z.object({ a: z.string() }).describe('of it'),
    ['it* object (of it)', 'it.a* text'],
  ],
])('tells %s', (_what, config, told) => {
  expect(lines(z.object({ it: config }))).toEqual(told);
});

it('tells each form of a setting that has several', () => {
  const form = z.discriminatedUnion('by', [
    z.object({ by: z.literal('token').describe('Renewed'), token: z.string() }),
    z.object({ by: z.literal('role'), role: z.string() }),
  ]);
  expect(lines(z.object({ login: form }))).toEqual([
    'login.by* token (Renewed)',
    'login.token* text',
    'login.by* role',
    'login.role* text',
  ]);
});

it('tells a rotator in 80 columns, with what each setting is for', () => {
  const text = toText({ kind: 'redis', needsAdmin: false, config: schemaOf(RedisRotation) });
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(text).toMatch(/^rotator +redis$/m);
  expect(text).toMatch(/^persistence +save \| memory, else save\n +`save`: users are written to/m);
  expect(text).toMatch(/^accounts.strategy\* +single\n +The password of one account is changed/m);
  expect(text).toMatch(/^nodes\[\].port +1 to 65535, else 6379$/m);
});
