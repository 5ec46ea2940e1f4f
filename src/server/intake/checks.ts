import { EXT_AUTHZ } from '../../authorization/enforcement/ext-authz/index.ts';
import { Fault } from '../../base/fault.ts';
import type { GrpcService } from '../../base/grpc/index.ts';
import type { FromThread } from './messages.ts';

/** Questions of Envoys that wait for the main thread. */
const MAX_WAITING = 10_000;

/** External authorisation for Envoys that come over the network: the port is this thread's, and decisions are the main
 *  thread's alone. */
export class Checks {
  readonly service: GrpcService;
  readonly #tell: (message: FromThread) => void;
  readonly #waiting = new Map<number, (answer: Uint8Array | undefined) => void>();
  #asked = 0;

  constructor(tell: (message: FromThread) => void) {
    this.#tell = tell;
    this.service = {
      name: EXT_AUTHZ,
      methods: { Check: { kind: 'unary', handle: (message) => this.#check(message) } },
    };
  }

  /** The main thread has answered. */
  take(id: number, answer: Uint8Array | undefined): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  async #check(message: Buffer): Promise<Uint8Array> {
    if (this.#waiting.size >= MAX_WAITING) {
      throw new Fault('authorization/checks-too-many', `${MAX_WAITING} questions wait already`);
    }
    const id = ++this.#asked;
    const answer = await new Promise<Uint8Array | undefined>((resolve) => {
      this.#waiting.set(id, resolve);
      // a copy: the message is the connection's as soon as it is answered
      this.#tell({ type: 'check', id, message: Uint8Array.from(message) });
    });
    if (answer) return answer;
    throw new Fault('authorization/policy-unavailable', 'There is no policy yet', {
      hint: 'ask again: there is one as soon as the estate has been judged once',
    });
  }
}
