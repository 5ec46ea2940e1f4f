import { Fault } from '../../base/fault.ts';
import { type Kek, type KekConfig, openKek } from '../../secrets/vault/index.ts';
import type { SecretsConfig } from './config.ts';

/** What keys are opened with. */
export interface KeyParts {
  readonly config: Pick<SecretsConfig, 'kek' | 'kekBefore'>;
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly random: (bytes: number) => Buffer;
}

/** The key of a new vault; undefined where people have to make it, in shares.
 *  @throws {Fault} see `openKek` */
export const newKey = (parts: KeyParts): Promise<Kek | undefined> =>
  open(parts.config.kek, parts, true);

/** Of the keys of the configuration, the one that a vault is under. Where none is, the first: it is told what is wrong
 *  with that.
 *  @throws {Fault} `vault/kek-mismatch` where only shares are configured; see `openKek` */
export async function keyOf(id: string, parts: KeyParts): Promise<Kek> {
  const { kek, kekBefore } = parts.config;
  const before = kekBefore && (await open(kekBefore, parts, false));
  if (before?.id === id) return before;
  before?.close();
  const key = await open(kek, parts, false);
  if (key !== undefined) return key;
  throw new Fault(
    'vault/kek-mismatch',
    `The vault is under the key ${id}, and \`secrets.kek\` says that people have shares of it`,
    { hint: 'name that key in `secrets.kekBefore`; once unsealed, have shares made' },
  );
}

/** The key that a vault is to be put under; undefined: it may stay under the one that it is under.
 *  @throws {Fault} see `openKek` */
export async function nextKey(id: string, parts: KeyParts): Promise<Kek | undefined> {
  if (parts.config.kekBefore === undefined) return undefined;
  const key = await open(parts.config.kek, parts, true);
  if (key?.id !== id) return key;
  key.close();
  return undefined;
}

const open = (
  config: KekConfig,
  { dataFolder, environment, random }: KeyParts,
  isNew: boolean,
): Promise<Kek | undefined> => openKek(config, { dataFolder, environment, random, isNew });
