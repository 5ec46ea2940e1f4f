import {
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { AnswerStream } from '../../workload-api/testing/client.ts';
import { PROTO_FILES, PROTO_FOLDER, type SeenSecret, seen } from './protos.ts';

const OPTIONS = { keepCase: true, longs: Number, defaults: true, includeDirs: [PROTO_FOLDER] };
const SECRET_TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

interface Response {
  readonly version_info: string;
  readonly nonce: string;
  readonly resources: readonly { readonly value: Buffer }[];
}

/** What an Envoy is told at once. */
export interface Told {
  readonly version: string;
  readonly nonce: string;
  readonly secrets: readonly SeenSecret[];
}

/** A stream of secrets as an Envoy has it. */
export class SecretsOfClient {
  readonly raw: ClientDuplexStream<object, object>;
  readonly answers: AnswerStream;

  constructor(raw: ClientDuplexStream<object, object>) {
    this.raw = raw;
    this.answers = new AnswerStream(raw);
  }

  ask(request: object): this {
    this.raw.write({ type_url: SECRET_TYPE, ...request });
    return this;
  }

  /** @throws the status that ends the stream */
  async next(): Promise<Told> {
    return toTold(await this.answers.next<Response>());
  }
}

/** Envoy's discovery services as a client of gRPC sees them that has read their .proto files. */
export interface DiscoveryClient {
  stream(method?: string): SecretsOfClient;
  fetch(request: object): Promise<Told>;
  close(): void;
}

/** Connects to `unix:PATH`. */
export function discoveryClient(address: string): DiscoveryClient {
  const definition = loadPackageDefinition(loadSync(PROTO_FILES, OPTIONS)) as unknown as {
    envoy: { service: Record<string, { v3: Record<string, ServiceClientConstructor> }> };
  };
  const { secret, discovery } = definition.envoy.service;
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const clients = [secret?.v3.SecretDiscoveryService, discovery?.v3.AggregatedDiscoveryService].map(
    (Client) => {
      if (!Client) throw new Error('a service is missing');
      return new Client(address, credentials.createInsecure(), options);
    },
  );
  const methodOf = (name: string) => {
    const client = clients.find((one) => typeof one[name] === 'function');
    if (!client) throw new Error(`there is no method ${name}`);
    return (client[name] as (...words: unknown[]) => never).bind(client);
  };
  return {
    stream: (method = 'StreamSecrets') => new SecretsOfClient(methodOf(method)()),
    fetch: (request) =>
      new Promise((resolve, reject) => {
        methodOf('FetchSecrets')(request, (error: ServiceError | null, answer: Response) =>
          error ? reject(error) : resolve(toTold(answer)),
        );
      }),
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

function toTold({ version_info: version, nonce, resources }: Response): Told {
  return { version, nonce, secrets: resources.map(({ value }) => seen(value)) };
}
