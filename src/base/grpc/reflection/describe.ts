import { integerField, messageField, textField } from '../../protobuf/index.ts';
import { fieldsOf, type MessageTable } from './fields.ts';

/** A .proto file, as a table that reads like one. */
export interface FileTable {
  /** As other files import it: `grpc/health/v1/health.proto`. */
  readonly name: string;
  /** Absent for none. */
  readonly package?: string;
  readonly imports?: readonly DescribedFile[];
  readonly messages?: Readonly<Record<string, MessageTable>>;
  /** Numbers by the names of values; one inside a message is called `Message.Enumeration`. */
  readonly enums?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By service and method: `stream Request -> stream Response`, either `stream` being optional. */
  readonly services?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A file as reflection gives it away. */
export interface DescribedFile {
  readonly name: string;
  /** A google.protobuf.FileDescriptorProto. */
  readonly bytes: Buffer;
  readonly imports: readonly DescribedFile[];
  /** Full names of all that it defines: messages and enumerations with those inside, services, methods. */
  readonly symbols: readonly string[];
}

const METHOD = /^(stream )?([\w.]+) -> (stream )?([\w.]+)$/;

/** Describes a file of proto3. Types are named in full (`grpc.health.v1.HealthCheckRequest`), or by their own name
 *  where they are of the same package.
 *  @throws {RangeError} for a table that is none: a mistake of who wrote it
 *  @see google/protobuf/descriptor.proto */
export function describeFile(table: FileTable): DescribedFile {
  const { name, imports = [], messages = {}, enums = {}, services = {} } = table;
  const scope = table.package === undefined ? '' : `.${table.package}`;
  const types = { scope, messages, enums };
  const bytes = Buffer.concat([
    textField(1, name),
    ...(table.package === undefined ? [] : [textField(2, table.package)]),
    ...imports.map((file) => textField(3, file.name)),
    ...Object.entries(messages).map(([message, fields]) =>
      messageField(
        4,
        textField(1, message),
        ...fieldsOf(`${scope}.${message}`, fields, types),
        ...enumsOf(message, enums, 4),
      ),
    ),
    ...enumsOf('', enums, 5),
    ...Object.entries(services).map(([service, methods]) =>
      messageField(6, textField(1, service), ...methodsOf(scope, methods)),
    ),
    textField(12, 'proto3'),
  ]);
  const symbols = [
    ...Object.keys(messages),
    ...Object.keys(enums),
    ...Object.entries(services).flatMap(([service, methods]) => [
      service,
      ...Object.keys(methods).map((method) => `${service}.${method}`),
    ]),
  ].map((symbol) => `${scope}.${symbol}`.slice(1));
  return { name, bytes, imports, symbols };
}

/** The enumerations inside a message, or, for ``, those that are inside of none. */
function enumsOf(message: string, enums: FileTable['enums'] = {}, number: number): Buffer[] {
  return Object.entries(enums).flatMap(([fullName, values]) => {
    const dot = fullName.lastIndexOf('.');
    if (fullName.slice(0, Math.max(dot, 0)) !== message) return [];
    const fields = Object.entries(values).map(([value, valueNumber]) =>
      messageField(2, textField(1, value), integerField(2, valueNumber)),
    );
    return [messageField(number, textField(1, fullName.slice(dot + 1)), ...fields)];
  });
}

function methodsOf(scope: string, methods: Readonly<Record<string, string>>): Buffer[] {
  return Object.entries(methods).map(([method, signature]) => {
    const [, streamsIn, input, streamsOut, output] = METHOD.exec(signature) ?? [];
    if (input === undefined || output === undefined) {
      throw new RangeError(`${method}: ${signature} is no signature`);
    }
    return messageField(
      2,
      textField(1, method),
      textField(2, fullName(input, scope)),
      textField(3, fullName(output, scope)),
      ...(streamsIn === undefined ? [] : [integerField(5, 1)]),
      ...(streamsOut === undefined ? [] : [integerField(6, 1)]),
    );
  });
}

function fullName(type: string, scope: string): string {
  return type.includes('.') ? `.${type}` : `${scope}.${type}`;
}

/** Every file once, with those that they import before them. */
export function withImports(files: readonly DescribedFile[]): readonly DescribedFile[] {
  const found = new Map<string, DescribedFile>();
  const visit = (file: DescribedFile): void => {
    if (found.has(file.name)) return;
    file.imports.forEach(visit);
    found.set(file.name, file);
  };
  files.forEach(visit);
  return [...found.values()];
}
