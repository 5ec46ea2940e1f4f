import { Fault, quote } from '../fault.ts';
import { integerField, WireReader } from '../protobuf/index.ts';
import { type GrpcService, untilAborted } from './method.ts';
import { HEALTH_FILE } from './reflection/files.ts';

const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;
const MAX_NAME_BYTES = 200;

/** Which services are there to be called; `` is the server as a whole. */
export class Health {
  readonly #isServing: Map<string, boolean>;
  readonly #watchers = new Set<() => void>();

  constructor(names: readonly string[]) {
    this.#isServing = new Map(['', ...names].map((name) => [name, true]));
  }

  /** Undefined for a service that is not known. */
  of(name: string): boolean | undefined {
    return this.#isServing.get(name);
  }

  /** @throws {RangeError} for a service that the server does not have */
  set(name: string, isServing: boolean): void {
    if (!this.#isServing.has(name)) throw new RangeError(`There is no service ${name}`);
    this.#isServing.set(name, isServing);
    this.#tell();
  }

  setAll(isServing: boolean): void {
    for (const name of this.#isServing.keys()) this.#isServing.set(name, isServing);
    this.#tell();
  }

  /** Calls back after each change, until what it gives is called. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  /** How many watch. */
  get watchers(): number {
    return this.#watchers.size;
  }

  #tell(): void {
    for (const onChange of this.#watchers) onChange();
  }
}

/** Says whether services are there, to probes of the platform.
 *  @see grpc.health.v1.Health */
export function healthService(health: Health): GrpcService {
  return {
    name: 'grpc.health.v1.Health',
    isOpen: true,
    files: [HEALTH_FILE],
    methods: {
      Check: {
        kind: 'unary',
        handle: async (message) => {
          const name = readName(message);
          const isServing = health.of(name);
          if (isServing === undefined) {
            throw new Fault('grpc/service-not-found', `There is no service ${quote(name)} here`);
          }
          return statusMessage(isServing);
        },
      },
      Watch: {
        kind: 'server-stream',
        handle: async (message, answers, { signal }) => {
          const name = readName(message);
          let told: boolean | undefined | null = null;
          const tell = (): void => {
            const isServing = health.of(name);
            if (isServing === told) return;
            told = isServing;
            answers.offer(statusMessage(isServing));
          };
          const unwatch = health.watch(tell);
          try {
            tell();
            await untilAborted(signal);
          } finally {
            unwatch();
          }
        },
      },
    },
  };
}

/** A HealthCheckResponse; of a service that is not known, which a stream says and then waits for it. */
function statusMessage(isServing: boolean | undefined): Buffer {
  if (isServing === undefined) return integerField(1, SERVICE_UNKNOWN);
  return integerField(1, isServing ? SERVING : NOT_SERVING);
}

function readName(message: Buffer): string {
  let name = '';
  const request = new WireReader(message);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) name = request.text(MAX_NAME_BYTES);
    else request.skip();
  }
  return name;
}
