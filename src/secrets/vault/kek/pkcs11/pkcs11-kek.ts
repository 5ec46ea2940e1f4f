import { createHash } from 'node:crypto';
import { Fault } from '../../../../base/fault.ts';
import { NONCE_BYTES, ownCopy, type Random, TAG_BYTES } from '../../aead.ts';
import { fromBase64Url } from '../../base64url.ts';
import type { Pkcs11KekConfig } from '../../config.ts';
import { contextBytes } from '../context.ts';
import { kekDenied, kekRefused, kekUnavailable } from '../faults.ts';
import type { Kek, KekContext } from '../kek.ts';
import { type Environment, readReference } from '../reference.ts';
import { loadModule, type Pkcs11Module } from './module.ts';
import { gcmMechanism, type Native, word } from './native.ts';
import { NOT_BY_THIS_KEY, WRONG_PIN } from './return-values.ts';
import { findKey, withSession } from './session.ts';

/** An AES key in a token, which never leaves it: `CKM_AES_GCM` with the context as associated data. Each operation has a
 *  session of its own, so that a token may be restarted meanwhile. */
export class Pkcs11Kek implements Kek {
  readonly id: string;
  readonly #config: Pkcs11KekConfig;
  readonly #environment: Environment;
  readonly #random: Random;
  #wrongPin: string | undefined;

  constructor(config: Pkcs11KekConfig, environment: Environment, random: Random) {
    this.id = `pkcs11:${config.token}/${config.key}`;
    this.#config = config;
    this.#environment = environment;
    this.#random = random;
  }

  async wrap(plain: Buffer, context: KekContext): Promise<string> {
    const nonce = ownCopy(this.#random(NONCE_BYTES));
    const out = Buffer.alloc(plain.length + TAG_BYTES);
    await this.#use(async (module, session, key) => {
      const mechanism = mechanismOf(module, nonce, context);
      await module.call('C_EncryptInit', [session, mechanism.bytes, key]);
      const size = word(out.length);
      await module.call('C_Encrypt', [session, plain, plain.length, out, size]);
      keep(mechanism);
    });
    return Buffer.concat([nonce, out]).toString('base64url');
  }

  async unwrap(wrapped: string, context: KekContext): Promise<Buffer> {
    const sealed = fromBase64Url(wrapped);
    if (sealed === undefined || sealed.length < NONCE_BYTES + TAG_BYTES) throw kekRefused(this.id);
    const nonce = ownCopy(sealed.subarray(0, NONCE_BYTES));
    const body = ownCopy(sealed.subarray(NONCE_BYTES));
    // some libraries ask for room for the tag, too
    const out = Buffer.alloc(body.length);
    const length = await this.#use(async (module, session, key) => {
      const mechanism = mechanismOf(module, nonce, context);
      await module.call('C_DecryptInit', [session, mechanism.bytes, key]);
      const size = word(out.length);
      const words = [session, body, body.length, out, size];
      const value = await module.call('C_Decrypt', words, NOT_BY_THIS_KEY);
      keep(mechanism);
      if (value !== 0) throw kekRefused(this.id);
      return Number(size.readBigUInt64LE());
    });
    return out.subarray(0, length);
  }

  close(): void {
    this.#wrongPin = undefined;
  }

  async #use<Result>(
    work: (module: Pkcs11Module, session: bigint, key: bigint) => Promise<Result>,
  ): Promise<Result> {
    const { module: path, token, key: label, pin: reference, timeoutSeconds } = this.#config;
    const pin = Buffer.from(readReference(reference, this.#environment, 'a PIN'));
    const late = AbortSignal.timeout(timeoutSeconds * 1_000);
    const working = async (): Promise<Result> => {
      const module = await loadModule(path);
      return module.exclusively(() => {
        late.throwIfAborted();
        return withSession(module, { token, pin }, async (session) =>
          work(module, session, await findKey(module, session, label)),
        );
      });
    };
    const pinHash = createHash('sha256').update(pin).digest('hex');
    try {
      if (pinHash === this.#wrongPin) throw samePin(this.id);
      // who waits no longer leaves the PIN to what is under way: wiped, it would be a wrong one
      return await this.#inTime(
        working().finally(() => pin.fill(0)),
        late,
      );
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === WRONG_PIN) this.#wrongPin = pinHash;
      throw thrown;
    }
  }

  /** What is under way in the library cannot be ended; it is waited for no longer. */
  #inTime<Result>(working: Promise<Result>, late: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const fail = () => {
        const why = `${this.id} gives no answer within ${this.#config.timeoutSeconds} s`;
        reject(kekUnavailable(why, 'look at the token'));
      };
      late.addEventListener('abort', fail, { once: true });
      working.then(resolve, reject).finally(() => late.removeEventListener('abort', fail));
    });
  }
}

/** Until here, the library may read what a mechanism points to, and none of it is collected. */
const keep = ({ keeps }: Native): number => keeps.length;

const mechanismOf = (module: Pkcs11Module, nonce: Buffer, context: KekContext): Native =>
  gcmMechanism(module.koffi, {
    nonce,
    boundTo: ownCopy(contextBytes(context)),
    tagBytes: TAG_BYTES,
  });

/** A token locks itself after a few wrong PINs: one that was wrong is not tried again by itself. */
const samePin = (id: string) =>
  kekDenied(`${id}: the PIN is the one that the token refused`, 'correct the PIN');
