import descriptor from 'protobufjs/ext/descriptor/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../fault.ts';
import { integerField, messageField, textField, WireReader } from '../../protobuf/index.ts';
import { framed } from '../testing/client.ts';
import { messagesIn } from '../testing/frames.ts';
import { type Served, serve } from '../testing/serve.ts';
import { describeFile } from './describe.ts';
import { STRUCT_FILE } from './files.ts';

const FILE = describeFile({
  name: 'test.proto',
  package: 'test',
  imports: [STRUCT_FILE],
  messages: { Word: { notes: '1 google.protobuf.Struct' } },
  services: { Words: { Echo: 'Word -> Word' } },
});
const V1 = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const V1_ALPHA = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo';

let served: Served;
let admit: () => void;
beforeEach(async () => {
  admit = () => {};
  served = await serve({
    services: [{ name: 'test.Words', files: [FILE], methods: {} }],
    hasReflection: true,
    admit: () => admit(),
  });
});
afterEach(() => served.close());

/** The answer to one request: the field that it is in, with the texts or bytes inside. */
async function ask(request: Buffer, path = V1) {
  const { code, bytes } = await served.client.call(path, request);
  expect(code).toBe(0);
  const [message = Buffer.alloc(0)] = messagesIn(bytes);
  const reader = new WireReader(message);
  const fields = new Map<number, WireReader>();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    fields.set(field, reader.message());
  }
  return fields;
}

function filesOf(answer: WireReader | undefined): string[] {
  const names: string[] = [];
  for (let field = answer?.next(); field; field = answer?.next()) {
    const file = descriptor.FileDescriptorProto.decode(answer?.bytes() ?? Buffer.alloc(0));
    names.push((file as unknown as { name: string }).name);
  }
  return names;
}

describe('server reflection', () => {
  it.each([V1, V1_ALPHA])('lists every service, itself too, at %s', async (path) => {
    const answer = (await ask(textField(7, '*'), path)).get(6);
    const names: string[] = [];
    for (let field = answer?.next(); field; field = answer?.next()) {
      const service = answer?.message();
      service?.next();
      names.push(service?.text(200) ?? '');
    }
    expect(names).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
      'test.Words',
    ]);
  });

  it.each([
    ['a service', textField(4, 'test.Words'), ['test.proto', 'google/protobuf/struct.proto']],
    ['a method', textField(4, 'test.Words.Echo'), ['test.proto', 'google/protobuf/struct.proto']],
    ['an import', textField(3, 'google/protobuf/struct.proto'), ['google/protobuf/struct.proto']],
    ['health', textField(4, 'grpc.health.v1.Health'), ['grpc/health/v1/health.proto']],
    [
      'itself',
      textField(4, 'grpc.reflection.v1.ServerReflectionRequest'),
      ['grpc/reflection/v1/reflection.proto'],
    ],
  ])('gives the file of %s with all that it imports', async (_, request, wanted) => {
    expect(filesOf((await ask(request)).get(4))).toEqual(wanted);
  });

  it.each([
    ['an unknown symbol', textField(4, 'test.None')],
    ['a name of all objects', textField(4, 'constructor')],
    ['an unknown file', textField(3, 'none.proto')],
    ['an extension', messageField(5, textField(1, 'test.Word'), integerField(2, 100))],
    ['extensions of an unknown type', textField(6, 'test.None')],
  ])('says that there is no such thing as %s, and goes on', async (_, request) => {
    const call = served.client.begin(V1).send(request, textField(7, ''));
    const [first, second] = messagesIn((await call.end()).bytes);
    const reader = new WireReader(first ?? Buffer.alloc(0));
    expect(reader.next()).toBe(1);
    reader.skip();
    expect(reader.next()).toBe(2);
    expect(reader.bytes()).toEqual(request);
    expect(reader.next()).toBe(7);
    const error = reader.message();
    expect(error.next()).toBe(1);
    expect(error.integer()).toBe(5);
    expect(second).toBeDefined();
  });

  it('knows of no extensions of a type', async () => {
    const answer = (await ask(textField(6, 'test.Word'))).get(5);
    expect(answer?.next()).toBe(1);
    expect(answer?.text(100)).toBe('test.Word');
    expect(answer?.next()).toBe(0);
  });

  it.each([
    ['that asks for nothing', textField(1, 'localhost'), 3],
    ['that is too long', textField(4, 'x'.repeat(20_000)), 8],
    ['that is no message', Buffer.from('ff', 'hex'), 3],
  ])('refuses a request %s', async (_, request, code) => {
    expect(await served.client.call(V1, request)).toMatchObject({ code });
  });

  it('is for those who are admitted', async () => {
    admit = () => {
      throw new Fault('test/unauthenticated', 'Who are you?');
    };
    const answer = await served.client.begin(V1).end(framed(textField(7, '')));
    expect(answer).toMatchObject({ code: 16 });
  });
});
