import { type Command, InvalidArgumentError } from 'commander';
import { Fault, quote } from '../../base/fault.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  print,
  reasonQuery,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { collected } from '../options.ts';
import { shown } from '../terminal.ts';
import { readText } from '../text-file.ts';
import { API, change, pathOf, type SecretView, secretNamed } from './common.ts';
import { type PlanFlags, planOf, withPlan } from './plans.ts';
import { toText } from './secret-text.ts';

const MAX_BYTES = 65_536;

interface ValueFlags {
  readonly field?: readonly (readonly [name: string, file: string])[];
  readonly json?: true;
  readonly expiresAt?: string;
}

interface CreateFlags extends ChangeFlags, ValueFlags, Partial<PlanFlags> {
  readonly service: string;
  readonly newService?: true;
  readonly kind: string;
  readonly owner?: string;
  readonly consumer?: readonly string[];
  readonly value?: true;
}

interface Reading {
  readonly version: number;
  readonly expiresAt: string | null;
  readonly value: Readonly<Record<string, string>>;
}

/** `reeve secret create`, `put`, `read`, `edit`, `remove`. Values come from standard input and files, and are never
 *  arguments: those stand in lists of processes and in the history of shells. */
export function addValues(secret: Command): void {
  withPlan(
    withValue(
      withReason(secret.command('create <name>').summary('keep a secret of a service'))
        .requiredOption('--service <id>', 'that it belongs to: production/shop/orders')
        .requiredOption('--kind <kind>', 'such as postgres, api-key, certificate')
        .option('--new-service', 'the service is not in the estate yet')
        .option('--owner <team>', 'that answers; else who owns the service')
        .option(
          '--consumer <id>',
          'another service that may read it; may be given again',
          collected,
        )
        .option('--value', 'read its value from standard input; else the plan makes one'),
    ),
  ).action(create);
  withValue(
    withReason(
      secret
        .command('put <secret>')
        .summary('give another value, from standard input, which its target takes already'),
    ),
  ).action(async (text: string, flags: ChangeFlags & ValueFlags) => {
    const { reason, expiresAt = null } = flags;
    const body = { value: givenValue(flags), expiresAt, reason };
    print(flags, await change(flags, text, 'versions', body), toText);
  });
  withFormat(secret.command('read <secret>').summary('print a value; the audit log tells who did'))
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--version <version>', 'current, pending, previous, or a number', 'current')
    .option('--field <name>', 'this member alone, as it is')
    .action(read);
  withReason(secret.command('edit <secret>').summary('say who answers for it, and who may read it'))
    .option('--owner <team>', 'that answers; empty: who owns the service')
    .option('--consumer <id>', 'all other services that may read it; may be given again', collected)
    .option('--no-consumers', 'no other service may read it')
    .action(edit);
  withConfirmation(
    withReason(secret.command('remove <secret>').summary('forget it, with all its values')),
  ).action(async (text: string, flags: ChangeFlags & ConfirmFlags) => {
    const id = await secretNamed(flags, text);
    await confirm(flags, `All values of ${id} are destroyed, and what they open stays open.`);
    await ask(flags, `${pathOf(id)}${reasonQuery(flags)}`, 'DELETE');
    print(flags, { removed: id }, () => `removed ${id}`);
  });
}

function withValue(command: Command): Command {
  return command
    .option(
      '--field <name=file>',
      'a member of the value, out of a file; may be given again',
      toField,
    )
    .option('--json', 'standard input is an object of texts, such as username and password')
    .option('--expires-at <time>', 'when the value ends by itself, such as 2027-01-01T00:00:00Z');
}

type Fields = readonly (readonly [string, string])[];

function toField(text: string, before: Fields = []): Fields {
  const [, name, file] = /^([\w.-]{1,200})=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && file !== undefined) return [...before, [name, file]];
  throw new InvalidArgumentError('write it as name=file, as in password=password.txt.');
}

/** A value without the line's end that editors and `echo` put behind it. */
const withoutEnd = (text: string): string => text.replace(/\r?\n$/, '');

function givenValue({ field, json }: ValueFlags): Record<string, string> {
  if (field) {
    const read = (file: string) => readText(file, MAX_BYTES, 'client/value-malformed');
    return Object.fromEntries(field.map(([name, file]) => [name, withoutEnd(read(file))]));
  }
  const text = withoutEnd(readText(0, MAX_BYTES, 'client/value-malformed'));
  if (text === '') {
    throw new Fault('client/value-malformed', 'Standard input holds no value', {
      hint: 'as in `reeve secret put orders-db < value.txt`',
    });
  }
  return json ? objectOf(text) : { value: text };
}

function objectOf(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject && Object.values(value).every((one) => typeof one === 'string')) {
      return value as Record<string, string>;
    }
  } catch {
    // the parser's message would quote the value
  }
  throw new Fault('client/value-malformed', 'Standard input is no JSON object of texts', {
    hint: 'as in {"username": "orders", "password": "…"}',
  });
}

async function create(name: string, flags: CreateFlags): Promise<void> {
  const { service, newService = false, kind, owner, consumer, reason, expiresAt } = flags;
  const hasValue = flags.value || flags.json || flags.field;
  const plan = planOf(flags);
  if (!hasValue && plan === undefined) {
    throw new Fault('client/value-malformed', 'The secret would have neither a value nor a plan', {
      hint: 'add --value and give it on standard input, or --rotator and --every',
    });
  }
  const made = await ask<SecretView>(flags, API, 'POST', {
    ...{ name, service, kind, isNewService: newService, reason },
    ...(owner !== undefined && { owner }),
    ...(consumer && { consumers: consumer }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(hasValue && { value: givenValue(flags) }),
    ...(plan && { plan }),
  });
  print(flags, made, toText);
}

async function read(
  text: string,
  flags: AnswerFlags & {
    readonly reason: string;
    readonly version: string;
    readonly field?: string;
  },
): Promise<void> {
  const { reason, field } = flags;
  const version = /^\d+$/.test(flags.version) ? Number(flags.version) : flags.version;
  const path = pathOf(await secretNamed(flags, text), 'value');
  const reading = await ask<Reading>(flags, path, 'POST', { version, reason });
  if (field === undefined)
    return print(flags, reading, ({ value }) => shown(textOf(value), process.stdout));
  const member = Object.hasOwn(reading.value, field) ? reading.value[field] : undefined;
  if (member === undefined) {
    const names = Object.keys(reading.value).join(', ');
    throw new Fault('client/field-not-found', `The value has no ${quote(field)}`, {
      hint: `it has ${names}`,
    });
  }
  process.stdout.write(process.stdout.isTTY ? `${shown(member, process.stdout)}\n` : member);
}

/** A value of one member is that; others are told by name. */
function textOf(value: Reading['value']): string {
  const [only, ...others] = Object.entries(value);
  if (only && others.length === 0) return only[1];
  return JSON.stringify(value, null, 2);
}

async function edit(
  text: string,
  flags: ChangeFlags & {
    readonly owner?: string;
    readonly consumer?: readonly string[];
    readonly consumers: boolean;
  },
): Promise<void> {
  const { owner, consumer, consumers, reason } = flags;
  const said = {
    ...(owner !== undefined && { owner: owner === '' ? null : owner }),
    ...(consumer && { consumers: consumer }),
    ...(!consumers && { consumers: [] }),
  };
  if (Object.keys(said).length === 0) {
    throw new Fault('client/change-invalid', 'Nothing is said that would change', {
      hint: 'add --owner, --consumer or --no-consumers',
    });
  }
  const path = pathOf(await secretNamed(flags, text));
  print(flags, await ask<SecretView>(flags, path, 'POST', { ...said, reason }), toText);
}
