import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../base/fault.ts';
import type { Entry, EntryChange, EntryInput } from '../../identity/registration/index.ts';
import { type ChangeFlags, print, reasonQuery, withReason } from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { findService } from '../endpoints/find.ts';
import { say } from '../endpoints/say.ts';
import { collected, toCount } from '../options.ts';
import { API, pathOf } from './common.ts';
import { findEntry, toText } from './entry.ts';
import { readEntryFile } from './entry-file.ts';
import { toSpiffeId } from './named.ts';

/** What of an entry may be said anew. */
interface GivenFlags extends ChangeFlags {
  readonly owner?: string;
  readonly x509Ttl?: number;
  readonly jwtTtl?: number;
  readonly dnsName?: readonly string[];
  readonly federatesWith?: readonly string[];
  readonly hint?: string;
  readonly expiresAt?: string;
  readonly service?: string;
}

interface RegisterFlags extends GivenFlags {
  readonly spiffeId?: string;
  readonly selector?: readonly string[];
  readonly parent?: string;
  readonly file?: string;
}

/** Ends the process where something was refused. */
const BAD_INPUT = 2;

/** `reeve identity register`, `update`, `retire`: who gets which identity. */
export function addRegister(identity: Command): void {
  withGiven(
    withReason(identity.command('register').summary('say who gets which identity'))
      .option('--spiffe-id <id>', 'the identity; `/ns/shop/sa/orders` will do')
      .option('--selector <selector>', 'what its workload must have; each must', collected)
      .option('--parent <agent>', 'SPIFFE ID of the agent that may hand it out (else any)')
      .option('--file <file>', 'read entries from YAML or JSON instead (- is standard input)'),
  ).action(register);
  withGiven(
    withReason(
      identity.command('update <entry>').summary('change a registration, by id or SPIFFE ID'),
    ),
  ).action(update);
  withConfirmation(
    withReason(
      identity
        .command('retire <entry...>')
        .summary('end registrations: what was issued under them is revoked'),
    ),
  ).action(retire);
}

function withGiven(command: Command): Command {
  return command
    .option('--owner <team>', 'the team that answers')
    .option('--x509-ttl <seconds>', 'lifetime of its X.509-SVIDs (else 3600)', toCount)
    .option('--jwt-ttl <seconds>', 'lifetime of its JWT-SVIDs (else 300)', toCount)
    .option('--dns-name <name>', 'name that its certificates carry; repeatable', collected)
    .option('--federates-with <domain>', 'trust domain that it trusts too; repeatable', collected)
    .option('--hint <text>', 'tells identities of one workload apart')
    .option('--expires-at <time>', 'when the registration ends', toTime)
    .option('--service <service>', 'service of the estate that it is for, by id or name');
}

function toTime(text: string): string {
  const time = Date.parse(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('use a time such as 2027-05-03T12:00:00Z.');
}

async function register(flags: RegisterFlags): Promise<void> {
  const inputs = flags.file === undefined ? [await inputOf(flags)] : readEntryFile(flags.file);
  const entries: Entry[] = [];
  for (const entry of inputs) {
    const body = { entry, reason: flags.reason };
    entries.push(await ask<Entry>(flags, `${API}/entries`, 'POST', body));
    if (flags.format === 'text') console.log(doneLine('registered', entries.at(-1)));
  }
  if (flags.format === 'json') {
    console.log(JSON.stringify(flags.file === undefined ? entries[0] : entries, null, 2));
  }
}

async function inputOf(flags: RegisterFlags): Promise<object> {
  const { spiffeId, selector, owner, parent } = flags;
  if (spiffeId === undefined || selector === undefined || owner === undefined) {
    throw new Fault(
      'client/entry-invalid',
      'A registration has an identity, selectors and an owner',
      {
        hint: 'give --spiffe-id, --selector and --owner, or --file',
      },
    );
  }
  return {
    spiffeId: await toSpiffeId(flags, spiffeId),
    selectors: [...selector],
    ...(parent !== undefined && { parent: await toSpiffeId(flags, parent) }),
    ...(await givenOf(flags)),
  } satisfies Partial<EntryInput>;
}

async function givenOf(flags: GivenFlags): Promise<EntryChange> {
  const { owner, x509Ttl, jwtTtl, dnsName, federatesWith, hint, expiresAt, service } = flags;
  return {
    ...(owner !== undefined && { owner }),
    ...(x509Ttl !== undefined && { x509TtlSeconds: x509Ttl }),
    ...(jwtTtl !== undefined && { jwtTtlSeconds: jwtTtl }),
    ...(dnsName !== undefined && { dnsNames: [...dnsName] }),
    ...(federatesWith !== undefined && { federatesWith: [...federatesWith] }),
    ...(hint !== undefined && { hint }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(service !== undefined && { service: await findService(flags, service) }),
  };
}

async function update(text: string, flags: GivenFlags): Promise<void> {
  const { id } = await findEntry(flags, text);
  const body = { change: await givenOf(flags), reason: flags.reason };
  print(flags, await ask<Entry>(flags, pathOf('entries', id), 'POST', body), toText);
}

async function retire(texts: readonly string[], flags: ChangeFlags & ConfirmFlags): Promise<void> {
  const entries: Entry[] = [];
  for (const text of texts) entries.push(await findEntry(flags, text));
  const names = entries.map(({ spiffeId }) => spiffeId).join(', ');
  await confirm(flags, `${names}: no longer issued, and what was issued is revoked.`);
  const ended: Entry[] = [];
  for (const { id, spiffeId } of entries) {
    try {
      const path = `${pathOf('entries', id)}${reasonQuery(flags)}`;
      ended.push(await ask<Entry>(flags, path, 'DELETE'));
      if (flags.format === 'text') console.log(doneLine('retired', ended.at(-1)));
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'client/refused') throw thrown;
      process.exitCode = BAD_INPUT;
      say(console.error, `reeve: ${spiffeId} is left as it is: ${thrown.message}`);
    }
  }
  if (flags.format === 'json') console.log(JSON.stringify(ended, null, 2));
}

/** Ids are copied, so they stand whole on lines of their own. */
function doneLine(done: string, entry: Entry | undefined): string {
  return `${done} ${entry?.id}\n  ${entry?.spiffeId}`;
}
