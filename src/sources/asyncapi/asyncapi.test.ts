import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diagnosticLines,
  endpointLines,
  endpointsIn,
  readTexts,
  type Texts,
} from '../read-texts.ts';
import { asyncapi } from './index.ts';

const read = (texts: Texts) => readTexts(asyncapi, texts);

const VERSION_2 = `asyncapi: 2.6.0
info: {title: Accounts}
channels:
  user/{userId}/signedup:
    parameters: {userId: {}}
    publish:
      message:
        oneOf:
          - {payload: {properties: {email: {format: email}}}}
          - {headers: {properties: {trace: {}}}}
    subscribe:
      security: [{sasl: []}]
      message: {payload: {type: record, fields: [{name: iban, type: string}]}}
`;

const VERSION_3 = `asyncapi: 3.0.0
channels:
  orders:
    address: orders.{region}
    messages:
      placed: {payload: {schema: {properties: {total: {}}}}}
  replies: {address: null}
  answers: {address: answers}
operations:
  place:
    action: send
    channel: {$ref: '#/channels/orders'}
  take:
    action: receive
    channel: {$ref: '#/channels/orders'}
    messages: [{$ref: '#/channels/orders/messages/placed'}]
    reply: {channel: {$ref: '#/channels/replies'}}
  ask:
    action: receive
    channel: {$ref: '#/channels/orders'}
    reply: {channel: {$ref: '#/channels/answers'}}
`;

describe('asyncapi reads', () => {
  it('version 2 from the point of view of the service: what clients publish, it subscribes to', () => {
    const reading = read({ 'accounts/asyncapi.yaml': VERSION_2 });
    expect(endpointLines(reading)).toEqual([
      'SUBSCRIBE user/{userId}/signedup accounts/asyncapi.yaml:6',
      'PUBLISH user/{userId}/signedup accounts/asyncapi.yaml:11',
    ]);
    const [taken, sent] = endpointsIn(reading);
    expect(taken).toMatchObject({
      protocol: 'event',
      subject: { by: 'place', file: 'accounts/asyncapi.yaml' },
      fields: ['userId', 'email:email', 'trace'],
      title: 'Accounts',
    });
    expect(taken?.security).toBeUndefined();
    expect(sent).toMatchObject({ fields: ['userId', 'iban'], security: 'required' });
  });

  it('version 3: actions as they are, replies the other way round where their address is known', () => {
    const reading = read({ 'a.yaml': VERSION_3 });
    expect(endpointLines(reading)).toEqual([
      'PUBLISH orders.{region} a.yaml:10',
      'SUBSCRIBE orders.{region} a.yaml:13',
      'SUBSCRIBE orders.{region} a.yaml:18',
      'PUBLISH answers a.yaml:18',
    ]);
    expect(endpointsIn(reading).map(({ fields }) => fields)).toEqual([
      ['total'],
      ['total'],
      ['total'],
      undefined,
    ]);
    expect(reading.diagnostics).toEqual([]);
  });

  it('channels in other files, through references on the way', () => {
    const reading = read({
      'a.yaml': `asyncapi: 3.0.0
channels: {orders: {$ref: channels.yaml#/orders}}
operations:
  place: {action: send, channel: {$ref: '#/channels/orders'}, messages: [{$ref: '#/channels/orders/messages/placed'}]}
`,
      'channels.yaml':
        'orders: {address: shop.orders, messages: {placed: {payload: {properties: {ssn: {}}}}}}\n',
    });
    expect(endpointLines(reading)).toEqual(['PUBLISH shop.orders a.yaml:4']);
    expect(endpointsIn(reading)[0]?.fields).toEqual(['ssn']);
  });

  it.each([
    ['all', 'a: {security: [{key: []}]}, b: {security: [{key: []}]}', 'required'],
    ['some', 'a: {security: [{key: []}]}, b: {}', undefined],
  ])('servers of which %s demand credentials', (_, servers, want) => {
    const text = `asyncapi: 2.0.0\nservers: {${servers}}\nchannels: {c: {publish: {}}}\n`;
    expect(endpointsIn(read({ 'a.yaml': text }))[0]?.security).toBe(want);
  });
});

describe('asyncapi reports, and reads the rest of', () => {
  it.each([
    [
      'an unknown version',
      'asyncapi: 1.2.0\nchannels: {}\n',
      'error asyncapi/version-unknown a.yaml:1:1',
      0,
    ],
    [
      'channels that are a list',
      'asyncapi: 2.0.0\nchannels: []\n',
      'error asyncapi/invalid a.yaml:2:1',
      0,
    ],
    [
      'a channel that is text',
      'asyncapi: 2.0.0\nchannels:\n  a: text\n  b: {publish: {}}\n',
      'error asyncapi/invalid a.yaml:3:3',
      1,
    ],
    [
      'an operation that is text',
      'asyncapi: 2.0.0\nchannels:\n  a: {publish: text}\n  b: {publish: {}}\n',
      'error asyncapi/invalid a.yaml:3:7',
      1,
    ],
    [
      'an unknown action',
      'asyncapi: 3.0.0\noperations:\n  a:\n    action: constructor\n',
      'error asyncapi/action-unknown a.yaml:4:5',
      0,
    ],
    [
      'an operation without channel',
      'asyncapi: 3.0.0\noperations:\n  a: {action: send}\n',
      'error asyncapi/channel-missing a.yaml:3:3',
      0,
    ],
    [
      'a reference to an address',
      'asyncapi: 3.0.0\noperations:\n  a: {action: send, channel: {$ref: "http://x/y"}}\n',
      'note asyncapi/reference-external a.yaml:3:21',
      0,
    ],
  ])('%s', (_, text, diagnostic, endpoints) => {
    const reading = read({ 'a.yaml': text });
    expect(diagnosticLines(reading)).toEqual([diagnostic]);
    expect(endpointsIn(reading)).toHaveLength(endpoints);
  });

  it('any text, and never throws', () => {
    const part = fc.constantFrom(
      'channels:\n',
      'operations:\n',
      '  a:\n',
      '    publish: {',
      'message: {$ref: "#/channels/a"}',
      '}\n',
      '    action: send\n',
      '    channel: {$ref: "#/operations/a"}\n',
    );
    fc.assert(
      fc.property(
        fc.constantFrom('2.0.0', '3.0.0'),
        fc.array(fc.oneof(part, fc.string({ unit: 'binary', maxLength: 5 }))),
        (version, parts) => {
          read({ 'a.yaml': `asyncapi: ${version}\n${parts.join('')}` });
        },
      ),
      { numRuns: 300 },
    );
  });
});
