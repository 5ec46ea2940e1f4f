import { X509Certificate } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import { toPem } from '../../identity/x509/index.ts';
import { type AnswerFlags, minute, print, withFormat } from '../answers.ts';
import { say } from '../endpoints/say.ts';
import { toFields } from '../fields.ts';
import { collected } from '../options.ts';
import { plain, wrap } from '../terminal.ts';
import { type FetchedX509, fetchJwts, fetchX509, socketPath } from './workload-client.ts';

interface FetchFlags extends AnswerFlags {
  readonly socket?: string;
  readonly audience?: readonly string[];
  readonly spiffeId?: string;
  readonly write?: string;
}

interface Shown {
  readonly spiffeId: string;
  readonly hint: string;
  readonly serialNumber: string;
  readonly expiresAt: string;
  readonly dnsNames: readonly string[];
}

/** `reeve identity fetch`: the identity of this very process, as any workload gets it. */
export function addFetch(identity: Command): void {
  withFormat(identity.command('fetch').summary('fetch the identity of this process, to try it'))
    .option(
      '--socket <address>',
      'of the Workload API (else SPIFFE_ENDPOINT_SOCKET, or that in the data folder)',
    )
    .option('--audience <name>', 'print a JWT-SVID for this audience; repeatable', collected)
    .option('--spiffe-id <id>', 'this one, where there are several')
    .option('--write <dir>', 'write certificates, keys and the bundle to files there')
    .action(fetchOwn);
}

async function fetchOwn(flags: FetchFlags): Promise<void> {
  const path = socketPath(
    flags.socket ?? process.env.SPIFFE_ENDPOINT_SOCKET ?? `unix://${join(flags.data, FILE)}`,
  );
  try {
    if (flags.audience === undefined) await showX509(path, flags);
    else await showJwts(path, flags.audience, flags);
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'peer/forbidden') throw thrown;
    // as `reeve: ` and its hint are printed
    const why = wrap(plain(thrown.message), 72).join('\n       ');
    throw new Fault('client/identity-forbidden', why, {
      hint: '`reeve identity explain` says what an entry would have to ask for',
    });
  }
}

const FILE = 'workload.sock';

async function showX509(path: string, flags: FetchFlags): Promise<void> {
  const svids = wanted(await fetchX509(path), flags);
  print(flags, svids.map(toShown), (shown) => shown.map(toText).join('\n\n'));
  if (flags.write !== undefined) writeAll(svids, flags.write);
}

async function showJwts(
  path: string,
  audience: readonly string[],
  flags: FetchFlags,
): Promise<void> {
  const svids = wanted(await fetchJwts(path, audience), flags);
  print(flags, svids, () => svids.map(({ token }) => token).join('\n'));
}

function wanted<Svid extends { readonly spiffeId: string }>(
  svids: readonly Svid[],
  { spiffeId }: FetchFlags,
): Svid[] {
  const found = svids.filter((svid) => spiffeId === undefined || svid.spiffeId === spiffeId);
  if (found.length > 0) return found;
  const others = svids.map((svid) => svid.spiffeId).join(', ');
  const why = `This process is not ${quote(spiffeId, 200)}, but ${others || 'nobody'}`;
  throw new Fault('client/identity-not-found', why);
}

function toShown({ spiffeId, hint, chain: [leaf] }: FetchedX509): Shown {
  const certificate = new X509Certificate(leaf ?? Buffer.alloc(0));
  const names = certificate.subjectAltName?.split(', ') ?? [];
  return {
    spiffeId,
    hint,
    serialNumber: certificate.serialNumber.toLowerCase(),
    expiresAt: certificate.validToDate.toISOString(),
    dnsNames: names.flatMap((name) => (name.startsWith('DNS:') ? name.slice(4) : [])),
  };
}

function toText({ spiffeId, hint, serialNumber, expiresAt, dnsNames }: Shown): string {
  return toFields([
    ['identity', [spiffeId]],
    ['hint', [hint || null]],
    ['DNS names', dnsNames],
    ['until', [`${minute(expiresAt)} UTC`]],
    ['serial', [serialNumber]],
  ]);
}

/** Names as SPIRE gives them. Keys are for their owner alone. */
function writeAll(svids: readonly FetchedX509[], folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [index, { chain, privateKey, bundle }] of svids.entries()) {
      const at = (name: string) => join(folder, name);
      writeFileSync(at(`svid.${index}.pem`), toPem('CERTIFICATE', ...chain));
      const key = at(`svid.${index}.key`);
      // a file that is there already would keep its permissions
      rmSync(key, { force: true });
      writeFileSync(key, toPem('PRIVATE KEY', privateKey), { mode: 0o600 });
      writeFileSync(at(`bundle.${index}.pem`), toPem('CERTIFICATE', ...bundle));
    }
  } catch (thrown) {
    const why = `${quote(folder, 200)} cannot be written to: ${messageOf(thrown)}`;
    throw new Fault('output/invalid', why);
  }
  say(
    console.error,
    `written to ${folder}: nothing renews these files, and they end with the SVID`,
  );
}
