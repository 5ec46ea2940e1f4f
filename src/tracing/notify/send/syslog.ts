import { createSocket } from 'node:dgram';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { after } from '../../../base/timer.ts';
import type { TargetOf } from '../config.ts';
import { framed } from '../formats/syslog.ts';
import { DELIVERED, type Outcome, tooLate, unreachable } from './outcome.ts';
import { tlsOptions } from './tls.ts';

/** How long the other side may take to close, once it was sent everything. */
const CLOSING_MS = 2_000;

/** Sends one message, on a connection of its own. Syslog answers nothing: over a stream it is taken for delivered when all
 *  of it was sent and the other side closes without complaint, or says nothing for a while; over UDP, when it has left.
 *  @see RFC 5425, RFC 5426, RFC 6587
 *  @throws {Fault} `notify/ca-malformed` */
export async function sendSyslog(
  target: TargetOf<'syslog'>,
  message: Buffer,
  stop: AbortSignal,
): Promise<Outcome> {
  const limit = AbortSignal.timeout(target.timeoutSeconds * 1_000);
  const signal = AbortSignal.any([stop, limit]);
  const tls = target.protocol === 'tls' ? tlsOptions(target.host, target) : undefined;
  try {
    if (target.protocol === 'udp') await overUdp(target, message, signal);
    else {
      const place = { host: target.host, port: target.port };
      const open = () => (tls ? connectTls({ ...place, ...tls }) : connect(place));
      await overStream(
        open,
        tls ? 'secureConnect' : 'connect',
        framed(message, target.framing),
        signal,
      );
    }
    return DELIVERED;
  } catch (thrown) {
    return limit.aborted ? tooLate(target.timeoutSeconds) : unreachable(thrown);
  }
}

async function overStream(
  open: () => Socket,
  whenOpen: 'connect' | 'secureConnect',
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const socket = open();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let stopWaiting = (): void => undefined;
  const cut = () => socket.destroy(new Error('aborted'));
  signal.addEventListener('abort', cut, { once: true });
  socket
    .on(whenOpen, () => socket.end(bytes))
    // whatever it answers is not read on
    .on('data', () => undefined)
    .on('error', reject)
    .on('finish', () => {
      stopWaiting = after(CLOSING_MS, resolve);
    })
    .on('close', () => resolve());
  try {
    await promise;
  } finally {
    stopWaiting();
    signal.removeEventListener('abort', cut);
    socket.destroy();
  }
}

async function overUdp(
  { host, port }: TargetOf<'syslog'>,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cut = () => reject(new Error('aborted'));
  signal.addEventListener('abort', cut, { once: true });
  socket.on('error', reject);
  socket.send(bytes, port, host, (fault) => (fault ? reject(fault) : resolve()));
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', cut);
    socket.close();
  }
}
