import { randomBytes } from 'node:crypto';
import type { Kek, KekContext } from '../kek/kek.ts';
import { LocalKek } from '../kek/local.ts';

export const newKek = (): LocalKek => new LocalKek(randomBytes(32), randomBytes);

/** A key with a switch before each of its operations. */
export class SwitchedKek implements Kek {
  readonly id: string;
  readonly #kek: Kek;
  isClosed = false;
  /** What happens before an operation is done. */
  before: (operation: 'wrap' | 'unwrap') => Promise<void> = async () => {};

  constructor(kek: Kek = newKek()) {
    this.#kek = kek;
    this.id = kek.id;
  }

  async wrap(plain: Buffer, context: KekContext): Promise<string> {
    await this.before('wrap');
    return this.#kek.wrap(plain, context);
  }

  async unwrap(wrapped: string, context: KekContext): Promise<Buffer> {
    await this.before('unwrap');
    return this.#kek.unwrap(wrapped, context);
  }

  close(): void {
    this.isClosed = true;
  }
}
