import { invalid, readMessage, writeMessage } from './codec.ts';

/** Policy as agents carry it: nothing of it is understood here. */
export interface PolicyDocument {
  /** Of what it says: the same for the same. */
  readonly revision: string;
  readonly bytes: Buffer;
}

const PAGE_BYTES = 256 * 1_024;
/** Of a policy, as it is sent. */
const MAX_BYTES = 64 * 1_024 * 1_024;

/** The messages that a policy comes in; without bytes there is one, which says that this revision holds. */
export function* policyPages({ revision, bytes }: PolicyDocument): Generator<Buffer> {
  for (let at = 0; at === 0 || at < bytes.length; at += PAGE_BYTES) {
    const page = bytes.subarray(at, at + PAGE_BYTES);
    const isLast = at + PAGE_BYTES >= bytes.length;
    yield writeMessage('PolicyPage', { revision, bytes: page, is_last: isLast });
  }
}

/** A policy in one message, as `PolicyAssembly` takes it: for a file. */
export function policyInOnePage({ revision, bytes }: PolicyDocument): Buffer {
  return writeMessage('PolicyPage', { revision, bytes, is_last: true });
}

/** Puts the pages of policies together. */
export class PolicyAssembly {
  #revision = '';
  #pages: Buffer[] = [];
  #length = 0;

  /** The policy that ends with this message; without bytes where its revision holds. Undefined: there is more to come.
   *  @throws {Fault} `identity/agent-message-invalid`, `protobuf/malformed` */
  take(message: Buffer): PolicyDocument | undefined {
    const { revision, bytes, is_last: isLast } = readMessage('PolicyPage', message);
    if (revision === '') throw invalid('has policy without a revision');
    if (revision !== this.#revision) this.breakOff();
    this.#length += bytes.length;
    if (this.#length > MAX_BYTES) {
      this.breakOff();
      throw invalid(`has policy of more than ${MAX_BYTES} bytes`);
    }
    this.#revision = revision;
    this.#pages.push(Buffer.from(bytes));
    if (!isLast) return undefined;
    const policy = { revision, bytes: Buffer.concat(this.#pages) };
    this.breakOff();
    return policy;
  }

  /** Forgets what did not come to its end. */
  breakOff(): void {
    this.#revision = '';
    this.#pages = [];
    this.#length = 0;
  }
}
