import { join } from 'node:path';
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTO = join(import.meta.dirname, '..', 'testdata', 'workload.proto');
const OPTIONS = { keepCase: true, longs: Number, defaults: true };

/** The Workload API as a client of gRPC sees it that has read its .proto file. */
export interface WorkloadClient {
  stream(method: string): AnswerStream;
  call<Answer>(method: string, request: object): Promise<Answer>;
  close(): void;
}

/** What a client is told, in its order. */
export class AnswerStream {
  readonly raw: ClientReadableStream<object>;
  readonly #told: (object | ServiceError)[] = [];
  #wake: (() => void) | undefined;

  constructor(raw: ClientReadableStream<object>) {
    this.raw = raw;
    raw.on('data', (message: object) => this.#tell(message));
    raw.on('error', (error: ServiceError) => this.#tell(error));
  }

  /** How many messages wait to be taken. */
  get waiting(): number {
    return this.#told.length;
  }

  /** The next message.
   *  @throws the status that ends the stream */
  async next<Message>(): Promise<Message> {
    while (this.#told.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const told = this.#told.shift();
    if (told instanceof Error) throw told;
    return told as Message;
  }

  #tell(told: object | ServiceError): void {
    this.#told.push(told);
    this.#wake?.();
  }
}

/** Connects to `unix:PATH`. */
export function workloadClient(address: string, header: string | null = 'true'): WorkloadClient {
  const definition = loadPackageDefinition(loadSync(PROTO, OPTIONS));
  const Client = definition.SpiffeWorkloadAPI as ServiceClientConstructor;
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const metadata = new Metadata();
  if (header !== null) metadata.set('workload.spiffe.io', header);
  const methodOf = (name: string) => (client[name] as (...words: unknown[]) => never).bind(client);
  return {
    stream: (method) => new AnswerStream(methodOf(method)({}, metadata)),
    call: (method, request) =>
      new Promise((resolve, reject) => {
        methodOf(method)(request, metadata, (error: ServiceError | null, answer: never) =>
          error ? reject(error) : resolve(answer),
        );
      }),
    close: () => client.close(),
  };
}
