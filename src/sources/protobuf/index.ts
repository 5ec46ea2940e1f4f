import type { EndpointObservation, Source } from '../../estate/index.ts';
import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { toHttpTemplate } from './http-template.ts';
import { Messages } from './messages.ts';
import { parseProto } from './parse.ts';
import type { ProtoFile, ProtoMethod, ProtoService } from './syntax.ts';
import { isPlatformPackage } from './vendored.ts';

/** A service kept until the messages of every file are known. */
interface Found {
  readonly path: string;
  readonly file: Pick<ProtoFile, 'package' | 'deprecated'>;
  readonly service: ProtoService;
  /** Of each method. */
  readonly sources: readonly Source[];
}

/** Reads gRPC services of .proto files, and the HTTP endpoints that `google.api.http` gives them. */
export const protobuf: Reader = {
  name: 'protobuf',
  wants: (path) => path.endsWith('.proto'),
  start: (context) => {
    const messages = new Messages();
    const found: Found[] = [];
    return {
      read: (file) => readFile(file, context, messages, found),
      finish: () => {
        for (const each of found) observeService(each, messages, context);
      },
    };
  },
};

function readFile(
  file: SourceFile,
  context: ReadContext,
  messages: Messages,
  found: Found[],
): void {
  if (file.isBinary) return;
  const { file: proto, problems } = parseProto(file.text);
  for (const problem of problems) {
    context.report({
      severity: 'error',
      code: 'protobuf/malformed',
      message: problem.message,
      file: file.path,
      ...file.position(problem.offset),
    });
  }
  messages.add(proto.messages);
  if (isPlatformPackage(proto.package)) return;
  for (const service of proto.services) {
    found.push({
      path: file.path,
      file: { package: proto.package, deprecated: proto.deprecated },
      service,
      sources: service.methods.map(({ offset }) => ({
        reader: 'protobuf',
        how: 'declared',
        file: file.path,
        ...file.position(offset),
      })),
    });
  }
}

function observeService(found: Found, messages: Messages, context: ReadContext): void {
  const { file, service, path } = found;
  const name = file.package === '' ? service.name : `${file.package}.${service.name}`;
  service.methods.forEach((method, index) => {
    const source = found.sources[index];
    if (source === undefined) return;
    const fields = messages.fieldsOf([method.request, method.response], name);
    const isDeprecated = method.deprecated || service.deprecated || file.deprecated;
    const said = {
      kind: 'endpoint',
      source,
      subject: { by: 'interface', interface: name, file: path },
      ...(isDeprecated && { deprecated: true }),
      ...(fields.length > 0 && { fields }),
    } as const;
    for (const operation of operationsOf(name, method)) context.observe({ ...said, ...operation });
  });
}

type Operation = Pick<EndpointObservation, 'protocol' | 'method' | 'template'>;

function operationsOf(service: string, method: ProtoMethod): Operation[] {
  return [
    { protocol: 'grpc', method: 'RPC', template: `/${service}/${method.name}` },
    ...method.http.map(
      (binding): Operation => ({
        protocol: 'http',
        method: binding.method,
        template: toHttpTemplate(binding.path),
      }),
    ),
  ];
}
