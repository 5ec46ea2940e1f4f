import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECRET_TYPE } from './messages.ts';
import type { DiscoveryRequest } from './requests.ts';
import { StateOfTheWorld } from './state-of-the-world.ts';
import { read } from './testing/protos.ts';
import { NamedSecrets } from './testing/secrets.ts';

interface Response {
  readonly version_info: string;
  readonly nonce: string;
  readonly type_url: string;
  readonly resources: readonly { readonly value: Uint8Array }[];
}

/** An Envoy's side of a stream. */
class Stream {
  readonly protocol = new StateOfTheWorld(SECRET_TYPE);
  secrets: NamedSecrets;
  last: Response | undefined;

  constructor(versions: Readonly<Record<string, string>>) {
    this.secrets = new NamedSecrets(versions);
  }

  ask(names: readonly string[], change: Partial<DiscoveryRequest> = {}) {
    const { nonce = '', version_info: version = '' } = this.last ?? {};
    return this.protocol.hear({ names, nonce, version, typeUrl: SECRET_TYPE, ...change }).verdict;
  }

  /** What is sent now: names with versions. */
  look(): readonly string[] {
    const { outgoing } = this.protocol.look(this.secrets);
    if (!outgoing) return [];
    this.last = read<Response>('DiscoveryResponse', outgoing.message);
    expect(this.last.type_url).toBe(SECRET_TYPE);
    return this.last.resources.map(({ value }) => String(value));
  }

  change(versions: Readonly<Record<string, string>>): readonly string[] {
    this.secrets = new NamedSecrets(versions);
    return this.look();
  }
}

const rejection = { why: 'no such curve' };

describe('the state of the world', () => {
  it('is told once, and then what has changed of it', () => {
    const stream = new Stream({ a: '1', b: '1', c: '1' });
    expect(stream.ask(['a', 'b'])).toBe('asks');
    expect(stream.look()).toEqual(['a 1', 'b 1']);
    expect(stream.ask(['a', 'b'])).toBe('accepts');
    expect(stream.look()).toEqual([]);
    expect(stream.change({ a: '1', b: '2', c: '2' })).toEqual(['b 2']);
    expect(stream.change({ a: '1', b: '2', c: '3' })).toEqual([]);
  });

  it('has a nonce for each answer, and a version for all that is had', () => {
    const stream = new Stream({ a: '1', b: '1' });
    stream.ask(['a', 'b']);
    stream.look();
    const first = stream.last;
    stream.change({ a: '2', b: '1' });
    const second = stream.last;
    stream.change({ a: '1', b: '1' });
    const third = stream.last;
    expect(new Set([first, second, third].map((one) => one?.nonce)).size).toBe(3);
    expect(second?.version_info).not.toBe(first?.version_info);
    expect(third?.version_info).toBe(first?.version_info);
  });

  it('that is not taken is told, and not sent again until it changes', () => {
    const stream = new Stream({ a: '1' });
    stream.ask(['a']);
    stream.look();
    expect(stream.ask(['a'], { version: '', rejection })).toBe('rejects');
    expect(stream.look()).toEqual([]);
    expect(stream.change({ a: '2' })).toEqual(['a 2']);
  });

  it('is asked about by the newest answer only', () => {
    const stream = new Stream({ a: '1', b: '1' });
    stream.ask(['a']);
    stream.look();
    const old = stream.last?.nonce ?? '';
    stream.change({ a: '2', b: '1' });
    expect(stream.ask(['a', 'b'], { nonce: old, rejection })).toBe('stale');
    expect(stream.look()).toEqual([]);
    expect(stream.ask(['a', 'b'])).toBe('accepts');
    expect(stream.look()).toEqual(['b 1']);
  });

  it('follows what is asked for', () => {
    const stream = new Stream({ a: '1', b: '1' });
    stream.ask(['a']);
    stream.look();
    stream.ask(['a', 'b']);
    expect(stream.look()).toEqual(['b 1']);
    stream.ask(['b']);
    expect(stream.change({ a: '2', b: '1' })).toEqual([]);
    stream.ask(['a', 'b']);
    expect(stream.look()).toEqual(['a 2']);
    // Who has let go of something has it no more, though it is the same.
    stream.ask(['b']);
    stream.look();
    stream.ask(['a', 'b']);
    expect(stream.look()).toEqual(['a 2']);
  });

  it('is told again to who asks for it again', () => {
    const stream = new Stream({ a: '1' });
    stream.ask(['a']);
    stream.look();
    expect(stream.ask(['a'])).toBe('accepts');
    expect(stream.look()).toEqual([]);
    expect(stream.ask(['a'])).toBe('asks');
    expect(stream.look()).toEqual(['a 1']);
    expect(stream.ask(['a'])).toBe('accepts');
    expect(stream.look()).toEqual([]);
  });

  it('leaves out what is not there, until it is', () => {
    const stream = new Stream({ a: '1' });
    stream.ask(['a', 'b', '!c']);
    expect(stream.protocol.look(stream.secrets).missing).toEqual(['b', '!c']);
    const other = new Stream({});
    other.ask(['a']);
    expect(other.look()).toEqual([]);
    expect(other.change({ a: '1' })).toEqual(['a 1']);
  });

  it('takes back what can be taken back, once', () => {
    const stream = new Stream({ a: '1', '!b': '1' });
    stream.ask(['a', '!b']);
    stream.look();
    expect(stream.change({})).toEqual(['!b nobody']);
    expect(stream.look()).toEqual([]);
    expect(stream.change({ a: '1', '!b': '1' })).toEqual(['!b 1']);
  });

  it('takes back what an Envoy may have from before', () => {
    const stream = new Stream({ a: '1' });
    stream.ask(['a', '!b'], { version: 'of another stream' });
    expect(stream.look()).toEqual(['a 1', '!b nobody']);
    const fresh = new Stream({ a: '1' });
    fresh.ask(['a', '!b']);
    expect(fresh.look()).toEqual(['a 1']);
  });

  it.each([[[]], [['*']]])('is everything for %j', (names) => {
    const stream = new Stream({ a: '1', '!b': '1' });
    stream.ask(names);
    expect(stream.look()).toEqual(['a 1', '!b 1']);
    stream.ask(names);
    expect(stream.change({ a: '1', c: '1' })).toEqual(['c 1', '!b nobody']);
  });

  it('is nothing for who names nothing any more', () => {
    const stream = new Stream({ a: '1', b: '1' });
    stream.ask(['a']);
    stream.look();
    stream.ask([]);
    expect(stream.change({ a: '2', b: '2' })).toEqual([]);
  });

  it('ends up the same with every Envoy, whatever happens on the way', () => {
    const names = fc.subarray(['a', 'b', '!c', 'd']);
    const versions = fc.dictionary(fc.constantFrom('a', 'b', '!c', 'd'), fc.constantFrom('1', '2'));
    const steps = fc.array(
      fc.oneof(
        fc.record({ ask: names, isRejected: fc.boolean(), isOld: fc.boolean() }),
        fc.record({ change: versions }),
      ),
    );
    fc.assert(
      fc.property(steps, names, versions, (all, wanted, end) => {
        const stream = new Stream({});
        const has = new Map<string, string>();
        const take = (sent: readonly string[]): void => {
          for (const one of sent) has.set(one.split(' ')[0] ?? '', one);
        };
        stream.ask(['a']);
        for (const step of all) {
          if ('change' in step) take(stream.change(step.change));
          else {
            const nonce = step.isOld ? { nonce: 'old' } : {};
            stream.ask(step.ask, { ...nonce, ...(step.isRejected && { rejection }) });
            take(stream.look());
          }
        }
        stream.ask(wanted);
        take(stream.look());
        take(stream.change(end));
        for (const name of wanted) {
          const version = end[name];
          if (version !== undefined) expect(has.get(name)).toBe(`${name} ${version}`);
        }
        expect(stream.look()).toEqual([]);
      }),
    );
  });
});
