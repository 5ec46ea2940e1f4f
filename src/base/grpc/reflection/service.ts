import { Fault, quote } from '../../fault.ts';
import {
  bytesField,
  integerField,
  messageField,
  textField,
  WireReader,
} from '../../protobuf/index.ts';
import type { GrpcService } from '../method.ts';
import { type DescribedFile, withImports } from './describe.ts';
import { reflectionFile } from './files.ts';

const MAX_REQUEST_BYTES = 16 * 1024;
const MAX_NAME_BYTES = 1_024;
const NOT_FOUND = 5;

/** What reflection knows. */
interface Catalogue {
  readonly services: readonly string[];
  readonly byName: ReadonlyMap<string, DescribedFile>;
  readonly bySymbol: ReadonlyMap<string, DescribedFile>;
}

/** Answers of a ServerReflectionResponse, by the field of the request that asks for them. */
const ANSWERS: Readonly<Record<number, (catalogue: Catalogue, name: string) => Buffer>> = {
  3: ({ byName }, name) => fileAnswer(byName.get(name), `file ${quote(name)}`),
  4: ({ bySymbol }, name) => fileAnswer(bySymbol.get(name), `symbol ${quote(name)}`),
  // Proto3 has no extensions but of options, and nobody has any here.
  5: () => errorAnswer('There are no extensions here'),
  6: ({ bySymbol }, name) =>
    bySymbol.has(name)
      ? messageField(5, textField(1, name))
      : errorAnswer(`There is no type ${quote(name)} here`),
  7: ({ services }) =>
    messageField(6, ...services.map((service) => messageField(1, textField(1, service)))),
};

/** Server reflection over the files that services give, itself included: what tools such as grpcurl ask to learn
 *  which services there are. In both packages, since older tools know only the second one.
 *  @see "GRPC Server Reflection Protocol" */
export function reflectionServices(services: readonly GrpcService[]): readonly GrpcService[] {
  const catalogue: { current?: Catalogue } = {};
  const all = (['v1', 'v1alpha'] as const).map(
    (version): GrpcService => ({
      name: `grpc.reflection.${version}.ServerReflection`,
      files: [reflectionFile(version)],
      methods: {
        ServerReflectionInfo: {
          kind: 'bidi-stream',
          handle: async (requests, answers) => {
            catalogue.current ??= toCatalogue([...services, ...all]);
            for await (const request of requests) {
              await answers.send(answer(catalogue.current, request));
            }
          },
        },
      },
    }),
  );
  return all;
}

function toCatalogue(services: readonly GrpcService[]): Catalogue {
  const files = withImports(services.flatMap((service) => service.files ?? []));
  return {
    services: services.map(({ name }) => name).sort(),
    byName: new Map(files.map((file) => [file.name, file])),
    bySymbol: new Map(files.flatMap((file) => file.symbols.map((symbol) => [symbol, file]))),
  };
}

function answer(catalogue: Catalogue, request: Buffer): Buffer {
  if (request.length > MAX_REQUEST_BYTES) {
    throw new Fault(
      'grpc/reflection-too-large',
      `The request has ${request.length} bytes, and more than ${MAX_REQUEST_BYTES} are not taken`,
    );
  }
  const { host, wanted, name } = read(request);
  const answerTo = ANSWERS[wanted];
  if (!answerTo) {
    throw new Fault('grpc/reflection-invalid', 'The request does not say what it asks for');
  }
  return Buffer.concat([textField(1, host), bytesField(2, request), answerTo(catalogue, name)]);
}

/** The field that asks, the last one where there are several, as in every oneof. */
function read(bytes: Buffer): { host: string; wanted: number; name: string } {
  const found = { host: '', wanted: 0, name: '' };
  const request = new WireReader(bytes);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) {
      found.host = request.text(MAX_NAME_BYTES);
    } else if (field in ANSWERS) {
      found.wanted = field;
      found.name = request.text(MAX_NAME_BYTES);
    } else {
      request.skip();
    }
  }
  return found;
}

/** The file, and all that it imports. */
function fileAnswer(file: DescribedFile | undefined, what: string): Buffer {
  if (!file) return errorAnswer(`There is no ${what} here`);
  const files = withImports([file]).toReversed();
  return messageField(4, ...files.map(({ bytes }) => bytesField(1, bytes)));
}

function errorAnswer(message: string): Buffer {
  return messageField(7, integerField(1, NOT_FOUND), textField(2, message));
}
