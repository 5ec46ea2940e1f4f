import { type Command, Option } from 'commander';
import { Fault, quote } from '../../base/fault.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  minute,
  print,
  reasonQuery,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { say } from '../endpoints/say.ts';
import { toFields } from '../fields.ts';
import { toTable } from '../table.ts';
import { readText } from '../text-file.ts';
import { API, pathOf } from './common.ts';

interface Federation {
  readonly trustDomain: string;
  readonly url: string;
  readonly profile: 'https_web' | 'https_spiffe';
  readonly endpointSpiffeId: string | null;
  readonly origin: 'configuration' | 'people';
  readonly state: 'none' | 'unconfirmed' | 'fresh' | 'stale';
  readonly bundle: {
    readonly sequence: string | null;
    readonly changedAt: string;
    readonly x509Authorities: number;
    readonly jwtAuthorities: number;
  } | null;
  readonly lastSuccessAt: string | null;
  readonly lastFailure: {
    readonly at: string;
    readonly why: string;
    readonly hint: string | null;
  } | null;
  readonly failures: number;
  readonly nextTryAt: string | null;
}

interface SetFlags extends ChangeFlags {
  readonly url: string;
  readonly endpointSpiffeId?: string;
  readonly bundle?: string;
  readonly ca?: string;
  readonly allowOlder: boolean;
}

const PATH = `${API}/federation`;
const MAX_FILE_BYTES = 1 << 20;

/** What each state means to whoever reads it. */
const STATES: Readonly<Record<Federation['state'], string>> = {
  none: 'no bundle: nobody of it is believed',
  unconfirmed: 'believed by the bundle that was given; its endpoint has not been heard yet',
  fresh: 'its endpoint had this bundle when it was last asked',
  stale: 'its endpoint cannot be asked, or is not believed; the bundle stays',
};

/** `reeve identity federation …`: trust in other trust domains. */
export function addFederation(identity: Command): void {
  const federation = identity.command('federation').summary('trust in other trust domains');
  withFormat(federation.command('list').summary('the trust domains, and how each stands')).action(
    list,
  );
  withFormat(federation.command('show <trust-domain>').summary('all about one of them')).action(
    async (trustDomain: string, flags: AnswerFlags) => {
      const { items } = await ask<{ items: Federation[] }>(flags, PATH);
      const one = items.find((status) => status.trustDomain === trustDomain);
      if (one) return print(flags, one, toText);
      const why = `There is no federation with ${quote(trustDomain, 200)}`;
      throw new Fault('client/federation-not-found', why);
    },
  );
  withReason(
    federation
      .command('set <trust-domain>')
      .summary('trust one, whose bundle is fetched from its endpoint'),
  )
    .requiredOption('--url <url>', 'its bundle endpoint: https://…')
    .option('--endpoint-spiffe-id <id>', 'the endpoint proves itself with this (else by the web)')
    .option('--bundle <file>', 'the bundle to begin with')
    .addOption(
      new Option('--ca <file>', 'PEM to trust instead of the authorities of the web').conflicts(
        'endpointSpiffeId',
      ),
    )
    .option('--allow-older', 'take bundles whose sequence went back', false)
    .action(set);
  withFormat(federation.command('refresh <trust-domain>').summary('fetch its bundle now')).action(
    async (trustDomain: string, flags: AnswerFlags) => {
      const path = pathOf('federation', trustDomain, 'refresh');
      print(flags, await ask<Federation>(flags, path, 'POST', {}), toText);
    },
  );
  withConfirmation(
    withReason(federation.command('remove <trust-domain>').summary('trust one no longer')),
  ).action(remove);
}

async function list(flags: AnswerFlags): Promise<void> {
  const answer = await ask<{ items: Federation[] }>(flags, PATH);
  print(flags, answer, ({ items }) => {
    if (items.length === 0) return 'No other trust domain is trusted.';
    return toTable(items, [
      { title: 'trust domain', value: ({ trustDomain }) => trustDomain, shrinks: 'path' },
      { title: 'state', value: ({ state }) => state },
      { title: 'sequence', value: ({ bundle }) => bundle?.sequence ?? null },
      {
        title: 'asked (UTC)',
        value: ({ lastSuccessAt }) => lastSuccessAt && minute(lastSuccessAt),
      },
      { title: 'failures', value: ({ failures }) => (failures === 0 ? '' : String(failures)) },
    ]);
  });
}

async function set(trustDomain: string, flags: SetFlags): Promise<void> {
  const { url, endpointSpiffeId, bundle, ca, allowOlder, reason } = flags;
  const relation = {
    ...{ trustDomain, url, allowOlder },
    ...(endpointSpiffeId === undefined
      ? { profile: 'https_web' }
      : { profile: 'https_spiffe', endpointSpiffeId }),
    ...(bundle !== undefined && { bundle: textOf(bundle) }),
    ...(ca !== undefined && { ca: textOf(ca) }),
  };
  print(flags, await ask<Federation>(flags, PATH, 'POST', { relation, reason }), toText);
  const hint = `\`reeve identity federation show ${trustDomain}\` tells how fetching goes; entries with --federates-with ${trustDomain} are given its bundle`;
  if (flags.format === 'text') say(console.error, hint);
}

async function remove(trustDomain: string, flags: ChangeFlags & ConfirmFlags): Promise<void> {
  await confirm(flags, `Nobody of ${trustDomain} is believed any more.`);
  const path = `${pathOf('federation', trustDomain)}${reasonQuery(flags)}`;
  const answer = await ask<{ trustDomain: string }>(flags, path, 'DELETE');
  print(flags, answer, () => `${trustDomain} is no longer trusted`);
}

function toText(status: Federation): string {
  const { bundle, lastSuccessAt, lastFailure, nextTryAt, endpointSpiffeId } = status;
  return toFields([
    ['domain', [status.trustDomain]],
    ['state', [`${status.state}: ${STATES[status.state]}`]],
    ['endpoint', [status.url, endpointSpiffeId ?? 'known by a certificate of the web']],
    ['bundle', [bundle && bundleText(bundle)]],
    ['asked', [lastSuccessAt && minute(lastSuccessAt)]],
    ['failed', status.failures > 0 && lastFailure ? failureTexts(lastFailure) : []],
    ['next', [nextTryAt && minute(nextTryAt)]],
    ['set by', [status.origin === 'people' ? 'people' : 'the configuration file']],
  ]);
}

function bundleText({
  sequence,
  x509Authorities,
  jwtAuthorities,
}: NonNullable<Federation['bundle']>) {
  return `sequence ${sequence ?? '-'}: ${x509Authorities} certificates, ${jwtAuthorities} JWT keys`;
}

const failureTexts = ({ at, why, hint }: NonNullable<Federation['lastFailure']>) => [
  `${minute(at)}: ${why}`,
  hint,
];

const textOf = (file: string): string => readText(file, MAX_FILE_BYTES, 'client/bundle-not-found');
