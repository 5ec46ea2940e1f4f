import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CONTROLS } from '../src/assurance/index.ts';
import { AgentFileConfig } from '../src/cli/agent/config.ts';
import { ServerConfig } from '../src/server/config.ts';
import { defaultDataFolder } from '../src/server/data-folder.ts';
import { DETECTIONS, type Detection } from '../src/tracing/detections/index.ts';
import { PATTERNS } from '../src/tracing/stories/index.ts';
import { TECHNIQUES } from '../web/src/tracing/words.ts';

/** Pages of docs/ that are made from the code: `node scripts/docs.ts` writes them, and
 *  test/docs.test.ts fails where one is out of date. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/agent-configuration.md': agentConfiguration,
  'docs/configuration.md': configuration,
  'docs/controls.md': controls,
  'docs/detections.md': detections,
};

const ROOT = join(import.meta.dirname, '..');

/** What a verdict holds for, in words. */
const SCOPE: Readonly<Record<Detection['scope'][number], string>> = {
  from: 'caller',
  to: 'callee',
  operation: 'operation',
  principal: 'identity',
  address: 'address',
  claimed: 'claimed name',
};

if (process.argv[1] === import.meta.filename) {
  for (const [path, render] of Object.entries(PAGES)) writeFileSync(join(ROOT, path), render());
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function configuration(): string {
  return settings('# Configuration', 'up', ServerConfig);
}

function agentConfiguration(): string {
  return settings('# Configuration of agents', 'agent', AgentFileConfig);
}

function settings(title: string, command: string, config: z.ZodType): string {
  const schema = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return [
    title,
    '',
    `\`reeve ${command} --config FILE\` reads one YAML file. Every setting has a default; an unknown one is an error, with`,
    'its line. Secrets are never written here: settings that need one name a file or an environment variable.',
    '',
    '| setting | value | default | what for |',
    '| --- | --- | --- | --- |',
    ...rows(schema, ''),
    '',
    'This page is made from the schema by `scripts/docs.ts`.',
    '',
  ].join('\n');
}

function rows(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const alternatives = property.anyOf ?? property.oneOf ?? [];
    const children = [
      ...rows(property, path),
      ...rows(property.items ?? {}, `${path}[]`),
      ...alternatives.flatMap((one) => rows(one, path)),
    ];
    const own = isGroup(property) ? [] : [row(path, property)];
    return [...new Set([...own, ...children])];
  });
}

/** A group of settings without a word of its own. */
function isGroup({ properties, description }: JsonSchema): boolean {
  return properties !== undefined && description === undefined;
}

function row(path: string, schema: JsonSchema): string {
  const fallback =
    schema.default === undefined || typeof schema.default === 'object'
      ? ''
      : `\`${schema.default === defaultDataFolder() ? '~/.local/share/reeve' : schema.default}\``;
  return `| \`${path}\` | ${kindOf(schema)} | ${fallback} | ${schema.description ?? ''} |`;
}

function kindOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(', ');
  const range =
    schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum < 1e15
      ? ` ${schema.minimum} to ${schema.maximum}`
      : '';
  return `${schema.type ?? (schema.anyOf || schema.oneOf ? 'one of several' : 'any')}${range}`;
}

function controls(): string {
  return [
    '# Controls',
    '',
    'What must hold. A finding is one subject that fails one control; `reeve scan --fail-on SEVERITY` ends with',
    'status 1 where there is one. The severity of an endpoint’s finding rises with the data it handles, and that',
    'of a credential falls where only tests hold it.',
    '',
    '| control | what must hold | severity | to mend it | serves |',
    '| --- | --- | --- | --- | --- |',
    ...[...CONTROLS.values()].map(
      ({ id, title, severity, remedy, frameworks }) =>
        `| \`${id}\` | ${title} | ${severity} | ${remedy} | ${frameworks.join('; ')} |`,
    ),
    '',
    'This page is made from the table by `scripts/docs.ts`.',
    '',
  ].join('\n');
}

function detections(): string {
  return [
    '# Detections',
    '',
    'What tracing looks for. Each of the first table sees one request, before it is learnt, and says how much that tells, in',
    'nats; each of the second sees what only several signs show. What a person says of a sign, *expected* or *malicious*, holds',
    'for the same detection and the same of what the last column names. How they work together: [tracing.md](tracing.md).',
    '',
    '| kind | what it sees | MITRE ATT&CK | what people say holds for |',
    '| --- | --- | --- | --- |',
    ...DETECTIONS.map(
      ({ kind, title, technique, scope }) =>
        `| \`${kind}\` | ${title} | ${techniqueOf(technique)} | ${scope.map((part) => SCOPE[part]).join(', ')} |`,
    ),
    '',
    '| pattern | what several signs show together | MITRE ATT&CK |',
    '| --- | --- | --- |',
    ...PATTERNS.map(
      ({ kind, title, technique }) => `| \`${kind}\` | ${title} | ${techniqueOf(technique)} |`,
    ),
    '',
    'This page is made from the tables by `scripts/docs.ts`.',
    '',
  ].join('\n');
}

function techniqueOf(id: string): string {
  const name = TECHNIQUES[id];
  if (name === undefined) throw new Error(`${id} has no name here`);
  return `[${id}](https://attack.mitre.org/techniques/${id.replace('.', '/')}/) ${name}`;
}
