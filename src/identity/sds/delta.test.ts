import { describe, expect, it } from 'vitest';
import { Delta } from './delta.ts';
import { SECRET_TYPE } from './messages.ts';
import type { DeltaRequest } from './requests.ts';
import { read } from './testing/protos.ts';
import { NamedSecrets } from './testing/secrets.ts';

interface Response {
  readonly nonce: string;
  readonly resources: readonly {
    readonly name: string;
    readonly version: string;
    readonly resource: { readonly type_url: string; readonly value: Uint8Array };
  }[];
  readonly removed_resources: readonly string[];
}

/** An Envoy's side of a stream. */
class Stream {
  readonly protocol: Delta;
  secrets: NamedSecrets;
  last: Response | undefined;

  constructor(versions: Readonly<Record<string, string>>, maxNames = 100) {
    this.protocol = new Delta(SECRET_TYPE, maxNames);
    this.secrets = new NamedSecrets(versions);
  }

  ask(change: Partial<DeltaRequest> = {}) {
    const empty = { subscribe: [], unsubscribe: [], initialVersions: new Map() };
    return this.protocol.hear({ ...empty, nonce: '', typeUrl: SECRET_TYPE, ...change }).verdict;
  }

  answer(change: Partial<DeltaRequest> = {}) {
    return this.ask({ nonce: this.last?.nonce ?? '', ...change });
  }

  /** What is sent now: names with versions, and a `-` before what is not there. */
  look(): readonly string[] {
    const { outgoing } = this.protocol.look(this.secrets);
    if (!outgoing) return [];
    this.last = read<Response>('DeltaDiscoveryResponse', outgoing.message);
    const { resources, removed_resources: removed } = this.last;
    return [
      ...resources.map(({ name, version, resource }) => {
        expect(String(resource.value)).toBe(`${name} ${version}`);
        expect(resource.type_url).toBe(SECRET_TYPE);
        return `${name} ${version}`;
      }),
      ...removed.map((name) => `-${name}`),
    ];
  }

  change(versions: Readonly<Record<string, string>>): readonly string[] {
    this.secrets = new NamedSecrets(versions);
    return this.look();
  }
}

describe('changes only', () => {
  it('are told as they come', () => {
    const stream = new Stream({ a: '1', b: '1', c: '1' });
    expect(stream.ask({ subscribe: ['a', 'b'] })).toBe('asks');
    expect(stream.look()).toEqual(['a 1', 'b 1']);
    expect(stream.answer()).toBe('accepts');
    expect(stream.change({ a: '1', b: '2', c: '2' })).toEqual(['b 2']);
    stream.ask({ subscribe: ['c'], unsubscribe: ['a'] });
    expect(stream.look()).toEqual(['c 2']);
    expect(stream.change({ a: '3', b: '3', c: '2' })).toEqual(['b 3']);
  });

  it('that are not taken are told, and not sent again until there are others', () => {
    const stream = new Stream({ a: '1' });
    stream.ask({ subscribe: ['a'] });
    stream.look();
    expect(stream.answer({ rejection: { why: 'no such curve' } })).toBe('rejects');
    expect(stream.look()).toEqual([]);
    expect(stream.change({ a: '2' })).toEqual(['a 2']);
  });

  it('are answered once', () => {
    const stream = new Stream({ a: '1' });
    stream.ask({ subscribe: ['a'] });
    stream.look();
    expect(stream.answer()).toBe('accepts');
    for (const nonce of ['1', '7', '-1', 'x', '0']) expect(stream.ask({ nonce })).toBe('stale');
  });

  it('leave out what an Envoy has from before', () => {
    const stream = new Stream({ a: '1', b: '2', '!c': '1' });
    const initialVersions = new Map(
      Object.entries({ a: '1', b: '1', '!c': '1', '!d': '1', e: '1' }),
    );
    stream.ask({ subscribe: ['a', 'b', '!c', '!d', 'e'], initialVersions });
    expect(stream.look()).toEqual(['b 2', '!d nobody', '-e']);
  });

  it('are told anew to who asks again', () => {
    const stream = new Stream({ a: '1' });
    stream.ask({ subscribe: ['a'] });
    stream.look();
    stream.ask({ subscribe: ['a', 'b'] });
    expect(stream.look()).toEqual(['a 1', '-b']);
    stream.ask({ subscribe: ['b'] });
    expect(stream.look()).toEqual(['-b']);
  });

  it('say what is not there, once, and tell it when it is', () => {
    const stream = new Stream({ a: '1' });
    stream.ask({ subscribe: ['a', 'b', '!c'] });
    expect(stream.look()).toEqual(['a 1', '-b', '-!c']);
    expect(stream.protocol.look(stream.secrets).missing).toEqual(['b', '!c']);
    expect(stream.change({ a: '1', b: '1' })).toEqual(['b 1']);
    expect(stream.change({ a: '1' })).toEqual(['-b']);
  });

  it('take back what can be taken back, once', () => {
    const stream = new Stream({ '!a': '1' });
    stream.ask({ subscribe: ['!a'] });
    stream.look();
    expect(stream.change({})).toEqual(['!a nobody']);
    expect(stream.look()).toEqual([]);
    expect(stream.change({ '!a': '1' })).toEqual(['!a 1']);
  });

  it.each([
    ['names nothing', {}],
    ['asks for *', { subscribe: ['*'] }],
  ])('are of everything for who %s', (_, request) => {
    const stream = new Stream({ a: '1', '!b': '1' });
    stream.ask(request);
    expect(stream.look()).toEqual(['a 1', '!b 1']);
    expect(stream.change({ c: '1' })).toEqual(['c 1', '!b nobody', '-a']);
    stream.ask({ unsubscribe: ['*'] });
    expect(stream.change({ c: '2' })).toEqual([]);
  });

  it('are of no more than may be asked for, over all requests', () => {
    const stream = new Stream({}, 2);
    stream.ask({ subscribe: ['a', 'b'] });
    stream.ask({ subscribe: ['a'] });
    stream.ask({ subscribe: ['c'], unsubscribe: ['b'] });
    expect(() => stream.ask({ subscribe: ['d'] })).toThrow(
      expect.objectContaining({ code: 'identity/secret-request-invalid' }),
    );
  });
});
