import { once } from 'node:events';
import { constants } from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { textField } from '../protobuf/index.ts';
import { callByHand, EMPTY_SETTINGS } from './testing/by-hand.ts';
import { RawClient } from './testing/client.ts';
import { ECHO, GATHER, HASTY, HELLO, Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start(HASTY);
});
afterEach(() => rig.close());

describe('what is no call', () => {
  it.each([
    ['another type', { 'content-type': 'application/json' }, 415],
    ['gRPC for browsers', { 'content-type': 'application/grpc-web' }, 415],
    ['another method', { ':method': 'PUT' }, 405],
  ])('of %s is refused as HTTP does', async (_, headers, httpStatus) => {
    const answer = await rig.client.call(ECHO, HELLO, headers);
    expect(answer).toMatchObject({ httpStatus, code: undefined });
    expect(rig.ended).toEqual([]);
    expect(rig.refused).toEqual(['not gRPC']);
  });

  it('of HTTP/1 is hung up on', async () => {
    const socket = connectTcp(Number(new URL(rig.origin).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'close');
    expect(rig.refused).toEqual(['broken connection']);
    expect((await rig.client.call(ECHO, HELLO)).code).toBe(0);
  });
});

describe('a connection', () => {
  it('is one of a few', async () => {
    await rig.client.call(ECHO, HELLO);
    const others = Array.from({ length: 5 }, () => new RawClient(rig.origin));
    const answers = await Promise.all(others.map((other) => other.call(ECHO, HELLO)));
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(3);
    expect(rig.refused).toEqual(['too many connections', 'too many connections']);
    for (const other of others) other.close();
  });

  it('is closed when it is idle, before its first call too', async () => {
    const silent = connectTcp(Number(new URL(rig.origin).port), '127.0.0.1');
    silent.resume();
    await rig.client.call(ECHO, HELLO);
    await Promise.all([rig.client.closed(), once(silent, 'close')]);
    while (rig.grpc.connections.count > 0) await sleep(1);
  });

  it('of a long call stays, as long as somebody is there', async () => {
    const call = rig.client.begin(GATHER).send(HELLO);
    await sleep(700);
    expect(rig.client.session.closed).toBe(false);
    expect(await call.end()).toMatchObject({ code: 0 });
  });

  it('with nobody at its other end is given up', async () => {
    // Nobody will answer a ping.
    const dead = callByHand(rig.origin, GATHER);
    await rig.begun();
    await once(dead.resume(), 'close');
    expect(rig.refused).toEqual(['nobody there']);
    expect(await rig.settled()).toBe(0);
  });

  it('that only pings is closed', async () => {
    await rig.client.call(ECHO, HELLO);
    const closed = rig.client.closed();
    let goaway = 0;
    rig.client.session.once('goaway', (code) => {
      goaway = code;
    });
    const ping = (): void => {
      if (!rig.client.session.destroyed) rig.client.session.ping(ping);
    };
    ping();
    await closed;
    expect(rig.refused).toEqual(['control frames without calls']);
    expect(goaway).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });

  it('that only changes its settings is closed', async () => {
    const socket = callByHand(rig.origin, GATHER).resume();
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(Buffer.concat(Array.from({ length: 3_000 }, () => EMPTY_SETTINGS)));
    await closed;
    expect(await rig.settled()).toBe(0);
  });

  it('of any bytes leaves the server answering', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 200 }), async (isBegun, bytes) => {
        const { port } = rig.grpc.server.address() as AddressInfo;
        const socket = isBegun ? callByHand(rig.origin, ECHO) : connectTcp(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.resume().end(bytes);
        await new Promise<void>((resolve) => socket.once('close', () => resolve()));
      }),
      { numRuns: 60 },
    );
    expect(await rig.settled()).toBe(0);
    const other = new RawClient(rig.origin);
    expect((await other.call(ECHO, HELLO)).code).toBe(0);
    other.close();
  });

  it('that opens calls and resets them is closed', async () => {
    await rig.client.call(ECHO, HELLO);
    const closed = rig.client.closed();
    while (!rig.client.session.destroyed && !rig.client.session.closed) {
      for (let n = 0; n < 100 && !rig.client.session.destroyed && !rig.client.session.closed; n++) {
        rig.client.begin(ECHO).stream.close(8);
      }
      await sleep(1);
    }
    await closed;
    expect(await rig.settled()).toBe(0);
  });
});

describe('the health of the server', () => {
  it.each([
    ['', 0],
    ['test.Words', 0],
    ['unknown', 5],
  ])('as %j is asked for by anybody', async (name, code) => {
    rig.admit = () => {
      throw new Fault('test/unauthenticated', 'Who are you?');
    };
    const answer = await rig.client.call('/grpc.health.v1.Health/Check', textField(1, name));
    expect(answer.code).toBe(code);
    expect(answer.bytes.toString('hex')).toBe(code === 0 ? '00000000020801' : '');
  });
});
