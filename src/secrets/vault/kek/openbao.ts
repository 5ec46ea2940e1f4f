import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Fault, quote } from '../../../base/fault.ts';
import type { OpenBaoKekConfig } from '../config.ts';
import { contextBytes } from './context.ts';
import { kekDenied, kekMalformed, kekNotFound, kekRefused, kekUnavailable } from './faults.ts';
import type { Kek, KekContext } from './kek.ts';
import { postJson } from './post.ts';
import { type Environment, readReference } from './reference.ts';

const MAX_PEM_CHARACTERS = 262_144;
const Encrypted = z.object({ data: z.object({ ciphertext: z.string().min(1).max(16_384) }) });
const Decrypted = z.object({ data: z.object({ plaintext: z.base64().max(16_384) }) });

/** A key of the transit engine of OpenBao or Vault, which never leaves it. It is asked for `encrypt` and `decrypt` with
 *  the context as associated data; its own versions are rotated there, and what they wrapped says which it was.
 *  @see https://openbao.org/api-docs/secret/transit/#encrypt-data */
export class OpenBaoKek implements Kek {
  readonly id: string;
  readonly #config: OpenBaoKekConfig;
  readonly #environment: Environment;

  constructor(config: OpenBaoKekConfig, environment: Environment) {
    this.#config = config;
    this.#environment = environment;
    const { namespace, mount, key } = config;
    this.id = `openbao:${[namespace?.replace(/\/+$/, ''), mount, key].filter(Boolean).join('/')}`;
  }

  async wrap(plain: Buffer, context: KekContext): Promise<string> {
    const answer = await this.#ask('encrypt', context, { plaintext: plain.toString('base64') });
    const read = Encrypted.safeParse(answer);
    if (read.success) return read.data.data.ciphertext;
    throw this.#odd('data.ciphertext');
  }

  async unwrap(wrapped: string, context: KekContext): Promise<Buffer> {
    const answer = await this.#ask('decrypt', context, { ciphertext: wrapped });
    const read = Decrypted.safeParse(answer);
    if (!read.success) throw this.#odd('data.plaintext');
    const { plaintext } = read.data.data;
    const plain = Buffer.alloc(Buffer.byteLength(plaintext, 'base64'));
    plain.write(plaintext, 'base64');
    return plain;
  }

  close(): void {}

  async #ask(verb: 'encrypt' | 'decrypt', context: KekContext, members: object): Promise<unknown> {
    const { url, mount, key, namespace, token, caFile, timeoutSeconds } = this.#config;
    const { status, body } = await postJson({
      url: new URL(`/v1/${mount}/${verb}/${key}`, url),
      headers: {
        'x-vault-request': 'true',
        'x-vault-token': readReference(token, this.#environment, 'a token'),
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
      },
      body: { ...members, associated_data: contextBytes(context).toString('base64') },
      timeoutMs: timeoutSeconds * 1_000,
      ca: caFile === undefined ? undefined : readPem(caFile),
    });
    if (status === 200) return body;
    if (status === 400 && verb === 'decrypt') throw kekRefused(this.id);
    throw this.#refusal(status);
  }

  #refusal(status: number): Fault {
    const why = `${this.#name()} answers ${status}`;
    const [fault, hint] = REFUSALS[status] ?? [kekUnavailable, 'look into the log of OpenBao'];
    return fault(why, hint);
  }

  #odd(member: string): Fault {
    return kekMalformed(`${this.#name()} answers without \`${member}\``);
  }

  #name(): string {
    return `${this.id} at ${quote(new URL(this.#config.url).origin, 200)}`;
  }
}

type Refusal = readonly [(why: string, hint?: string) => Fault, string];

const REFUSALS: Readonly<Record<number, Refusal>> = {
  400: [kekDenied, 'the key must be of a type with associated data, such as `aes256-gcm96`'],
  403: [
    kekDenied,
    'the token is not valid, or lacks `update` on `encrypt` and `decrypt` of the key',
  ],
  404: [kekNotFound, 'look at `mount`, `key` and `namespace`'],
  429: [kekUnavailable, 'ask again later'],
  503: [kekUnavailable, 'it is sealed itself, or in maintenance'],
};

function readPem(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw kekNotFound(`${quote(file, 200)} cannot be read (${code ?? 'for an unknown reason'})`);
  }
  if (text.length <= MAX_PEM_CHARACTERS) return text;
  throw kekMalformed(`${quote(file, 200)} has more than ${MAX_PEM_CHARACTERS} characters`);
}
