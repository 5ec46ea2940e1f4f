import { createPrivateKey, type KeyObject } from 'node:crypto';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { parseBundle, type TrustBundle, writeBundle } from '../../spiffe/index.ts';
import { readIfThere, replaceFile } from './files.ts';
import type { OwnKey } from './identity.ts';

/** What an agent keeps of itself, so that it can go on without joining anew. */
export interface KeptIdentity extends OwnKey {
  readonly trustDomain: string;
  /** What it knows its server by. */
  readonly bundle: TrustBundle;
  /** The SHA-256 of the join token that was used, so that it is not tried again. */
  readonly usedToken: string | null;
}

const IDENTITY_FILE = 'agent.json';
const CACHE_FILE = 'agent.cache';
const POLICY_FILE = 'agent.policy';
const SCHEMA = 'reeve.agent/v1';
/** What is told to an agent at most: 100,000 entries of half a kilobyte, and lists of what is revoked. */
const MAX_CACHE_BYTES = 256 * 1_024 * 1_024;
const DRAFT = /^\.[0-9a-f]{16}$/;

const Kept = z.strictObject({
  schema: z.literal(SCHEMA),
  trustDomain: z.string(),
  chain: z.array(z.string()).min(1).max(10),
  /** PKCS#8 in PEM, encrypted where there is a passphrase. */
  key: z.string(),
  bundle: z.string(),
  usedToken: z.string().nullable(),
});

/** The data folder of an agent: its own identity, and what it was last told. Only its owner can read it. Identities of
 *  workloads are never in it. */
export class AgentFolder {
  readonly path: string;
  readonly #passphrase: string | undefined;

  private constructor(path: string, passphrase: string | undefined) {
    this.path = path;
    this.#passphrase = passphrase;
  }

  /** @throws {Fault} `identity/agent-data-unavailable` */
  static async open(folder: string, passphrase: string | undefined): Promise<AgentFolder> {
    const path = resolve(folder);
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      await chmod(path, 0o700);
      // what a process left that was ended while it wrote
      const drafts = (await readdir(path)).filter((name) => DRAFT.test(name));
      await Promise.all(drafts.map((name) => rm(join(path, name), { force: true })));
    } catch (thrown) {
      throw new Fault(
        'identity/agent-data-unavailable',
        `The data folder ${quote(path, 200)} cannot be used: ${messageOf(thrown)}`,
        { hint: 'name another with --data DIR' },
      );
    }
    return new AgentFolder(path, passphrase);
  }

  /** What is kept; undefined before the agent has joined.
   *  @throws {Fault} `identity/agent-data-malformed`, `identity/agent-key-…` */
  async identity(): Promise<KeptIdentity | undefined> {
    const bytes = await readIfThere(join(this.path, IDENTITY_FILE));
    if (!bytes) return undefined;
    const read = Kept.safeParse(parseJson(bytes));
    if (!read.success) throw this.#malformed('it has not the shape of what agents keep');
    const { trustDomain, chain, key, bundle, usedToken } = read.data;
    return {
      trustDomain,
      usedToken,
      chain: chain.map((der) => Buffer.from(der, 'base64')),
      privateKey: this.#readKey(key),
      bundle: parseBundle(trustDomain, bundle).bundle,
    };
  }

  async keepIdentity(kept: KeptIdentity): Promise<void> {
    const text: z.infer<typeof Kept> = {
      schema: SCHEMA,
      trustDomain: kept.trustDomain,
      chain: kept.chain.map((der) => der.toString('base64')),
      key: this.#writeKey(kept.privateKey),
      bundle: writeBundle(kept.bundle),
      usedToken: kept.usedToken,
    };
    await this.#write(IDENTITY_FILE, `${JSON.stringify(text, null, 2)}\n`);
  }

  /** What the agent was last told, as it was sent; undefined where there is none, or too much. */
  cache(): Promise<Buffer | undefined> {
    return this.#read(CACHE_FILE);
  }

  async keepCache(bytes: Buffer): Promise<void> {
    if (bytes.length <= MAX_CACHE_BYTES) await this.#write(CACHE_FILE, bytes);
  }

  /** The policy that the agent was last told, as `keepPolicy` was given it; undefined where there is none. */
  policy(): Promise<Buffer | undefined> {
    return this.#read(POLICY_FILE);
  }

  async keepPolicy(bytes: Buffer): Promise<void> {
    await this.#write(POLICY_FILE, bytes);
  }

  /** Forgets everything. */
  async drop(): Promise<void> {
    const files = [IDENTITY_FILE, CACHE_FILE, POLICY_FILE].map((name) => join(this.path, name));
    await Promise.all(files.map((file) => rm(file, { force: true })));
  }

  async #read(name: string): Promise<Buffer | undefined> {
    const bytes = await readIfThere(join(this.path, name));
    return bytes && bytes.length <= MAX_CACHE_BYTES ? bytes : undefined;
  }

  async #write(name: string, bytes: string | Buffer): Promise<void> {
    try {
      await replaceFile(join(this.path, name), bytes);
    } catch (thrown) {
      throw new Fault(
        'identity/agent-data-unavailable',
        `${quote(join(this.path, name), 200)} cannot be written: ${messageOf(thrown)}`,
        { cause: thrown },
      );
    }
  }

  #writeKey(key: KeyObject): string {
    const passphrase = this.#passphrase;
    const pem = { format: 'pem', type: 'pkcs8' } as const;
    const encrypted = passphrase !== undefined && { cipher: 'aes-256-cbc', passphrase };
    return key.export({ ...pem, ...encrypted }).toString();
  }

  #readKey(pem: string): KeyObject {
    const isEncrypted = pem.includes('ENCRYPTED');
    if (isEncrypted && this.#passphrase === undefined) {
      throw new Fault('identity/agent-key-not-found', 'The key of the agent is encrypted', {
        hint: 'name the file of its passphrase: `passphrase.file` of the configuration',
      });
    }
    try {
      const passphrase = isEncrypted ? this.#passphrase : undefined;
      return createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
    } catch {
      // what OpenSSL says may hold a part of it
      throw new Fault('identity/agent-key-malformed', 'The key of the agent cannot be read', {
        hint: isEncrypted
          ? 'give the passphrase that it was encrypted with'
          : `remove ${quote(join(this.path, IDENTITY_FILE), 200)}, and let the agent join anew`,
      });
    }
  }

  #malformed(why: string): Fault {
    const file = quote(join(this.path, IDENTITY_FILE), 200);
    return new Fault('identity/agent-data-malformed', `${file} is damaged: ${why}`, {
      hint: 'remove it, and let the agent join anew',
    });
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
