import type { Denial } from '../../authority/index.ts';
import type { Entry } from '../../registration/index.ts';
import { parseBundle, parseTrustDomain, type TrustBundle } from '../../spiffe/index.ts';
import { invalid, readMessage, writeMessage } from './codec.ts';
import { readDenial } from './denials.ts';
import { readEntry } from './entries.ts';

/** What an agent is told of: each has an id by which a later one takes its place. */
export interface Told {
  /** By their ids. */
  readonly entries: Entry;
  readonly denials: Denial;
  /** By their trust domains. */
  readonly bundles: TrustBundle;
  /** In DER, by their SHA-256. */
  readonly crls: Buffer;
}
export type ToldKind = keyof Told;
export const TOLD_KINDS = ['bundles', 'crls', 'denials', 'entries'] as const satisfies ToldKind[];

/** What changes of one kind: what is put in or replaced, by id, and the ids of what is gone. */
export interface Changes<Item> {
  readonly put: ReadonlyMap<string, Item>;
  readonly gone: readonly string[];
}

/** One message of the stream, as an agent reads it. */
export interface Update {
  /** What was told before no longer holds: everything follows. */
  readonly isFirst: boolean;
  readonly changes: { readonly [Kind in ToldKind]: Changes<Told[Kind]> };
  /** When everything was last to be issued anew, in milliseconds since 1970; 0: never. */
  readonly reissueAt: number;
  /** Together with the messages before it, it leaves nothing out. */
  readonly isWhole: boolean;
}

/** Items of one kind, as they are sent. */
export interface WrittenChanges {
  readonly kind: ToldKind;
  readonly put: readonly Buffer[];
  readonly gone: readonly string[];
}

export function writeUpdate(
  changes: readonly WrittenChanges[],
  flags: { readonly isFirst: boolean; readonly isWhole: boolean; readonly reissueAt: number },
): Buffer {
  const lists = changes.flatMap(({ kind, put, gone }) => [
    [kind, put],
    [`${kind}_gone`, gone],
  ]);
  return writeMessage('Update', {
    ...Object.fromEntries(lists),
    is_first: flags.isFirst,
    is_whole: flags.isWhole,
    reissue_at: flags.reissueAt,
  });
}

/** @throws {Fault} `identity/agent-message-invalid`, `identity/bundle-…`, `identity/id-malformed`,
 *  `protobuf/malformed` */
export function readUpdate(bytes: Buffer): Update {
  const read = readMessage('Update', bytes);
  return {
    isFirst: read.is_first,
    isWhole: read.is_whole,
    reissueAt: read.reissue_at,
    changes: {
      entries: changesOf(read.entries, read.entries_gone, byId(readEntry)),
      denials: changesOf(read.denials, read.denials_gone, byId(readDenial)),
      bundles: changesOf(read.bundles, read.bundles_gone, readBundle),
      crls: changesOf(read.crls, read.crls_gone, readCrl),
    },
  };
}

export function writeBundleItem(trustDomain: string, document: string): Buffer {
  return writeMessage('Bundle', { trust_domain: trustDomain, document: Buffer.from(document) });
}

export function writeCrlItem(id: string, der: Buffer): Buffer {
  return writeMessage('Crl', { id, der });
}

function changesOf<Item>(
  put: readonly Buffer[],
  gone: readonly string[],
  read: (bytes: Buffer) => readonly [string, Item],
): Changes<Item> {
  return { put: new Map(put.map(read)), gone };
}

const byId =
  <Item extends { readonly id: string }>(read: (bytes: Buffer) => Item) =>
  (bytes: Buffer) => {
    const item = read(bytes);
    return [item.id, item] as const;
  };

function readBundle(bytes: Buffer) {
  const read = readMessage('Bundle', bytes);
  const trustDomain = parseTrustDomain(read.trust_domain);
  return [trustDomain, parseBundle(trustDomain, read.document).bundle] as const;
}

function readCrl(bytes: Buffer) {
  const { id, der } = readMessage('Crl', bytes);
  if (id === '' || der.length === 0)
    throw invalid('has a list of revoked certificates without any');
  return [id, Buffer.from(der)] as const;
}
