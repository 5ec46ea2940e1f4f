import type { GrpcAnswers, GrpcCall } from '../../base/grpc/index.ts';
import { Latest } from './latest.ts';
import type { Entitled, Entitlement, WorkloadApiPorts } from './ports.ts';
import { refusalOf, tookTooLong } from './refusals.ts';
import { attestAgain, type Workload } from './workload.ts';

/** How long a workload waits to be told what it is entitled to. */
export const DEFAULT_WAIT_MS = 10_000;

/** What a workload is entitled to now.
 *  @throws {Fault} where it is to nothing, or nothing can be said yet; the reason of the signal */
export function entitlementOf(
  ports: WorkloadApiPorts,
  workload: Workload,
  signal: AbortSignal,
): Promise<Entitled> {
  return partOf(ports, workload, signal, whole);
}

/** What verifies others, for a workload that is entitled to something, be it there yet or not.
 *  @throws {Fault} as `entitlementOf` */
export function trustFor(
  ports: WorkloadApiPorts,
  workload: Workload,
  signal: AbortSignal,
): Promise<TrustOfWorkload> {
  return partOf(ports, workload, signal, trust);
}

/** What a method tells of an entitlement; undefined where that does not hold it. */
export type PartOf<Part> = (entitlement: Entitlement) => Part | undefined;
export type TrustOfWorkload = Pick<Entitled, 'bundles' | 'crls'>;

/** Everything, identities among it. */
export const whole: PartOf<Entitled> = (entitlement) =>
  entitlement.kind === 'entitled' ? entitlement : undefined;

/** Bundles and lists of revoked certificates, which may be there before identities are. */
export const trust: PartOf<TrustOfWorkload> = (entitlement) =>
  entitlement.kind === 'starting' ? entitlement.trust : whole(entitlement);

function partOf<Part>(
  ports: WorkloadApiPorts,
  { selectors }: Workload,
  signal: AbortSignal,
  take: PartOf<Part>,
): Promise<Part> {
  return watching(ports, selectors, signal, async (latest) => {
    const entitlement = await latest.next();
    return take(entitlement) ?? refuse(entitlement);
  });
}

/** Tells a workload a part of what it is entitled to, and each change of it, until it is to nothing or the call is
 *  over. Only what makes another message is sent.
 *  @throws {Fault} as `entitlementOf` and `attestAgain` */
export async function follow<Part>(
  ports: WorkloadApiPorts,
  workload: Workload,
  answers: GrpcAnswers,
  { signal }: GrpcCall,
  { take, encode, onSent }: Followed<Part>,
): Promise<void> {
  await watching(ports, workload.selectors, signal, async (latest) => {
    let last: Buffer | undefined;
    for (;;) {
      const entitlement = await latest.next();
      const part = take(entitlement);
      // What is not known for a while does not take away what was given.
      if (part === undefined && entitlement.kind === 'starting' && last) continue;
      if (part === undefined) return refuse(entitlement);
      const message = encode(part);
      if (last?.equals(message)) continue;
      if (last) await attestAgain(ports, workload);
      last = message;
      answers.offer(message);
      onSent(part);
    }
  });
}

/** What is told of each entitlement. */
export interface Followed<Part> {
  readonly take: PartOf<Part>;
  readonly encode: (part: Part) => Buffer;
  readonly onSent: (part: Part) => void;
}

function refuse(entitlement: Entitlement): never {
  if (entitlement.kind === 'entitled') throw new RangeError('what is held is not told');
  throw refusalOf(entitlement);
}

async function watching<Result>(
  ports: WorkloadApiPorts,
  selectors: Workload['selectors'],
  signal: AbortSignal,
  work: (latest: Latest<Entitlement>) => Promise<Result>,
): Promise<Result> {
  const latest = new Latest<Entitlement>();
  const onAbort = (): void => latest.fail(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const { waitMs = DEFAULT_WAIT_MS } = ports;
  const timer = setTimeout(() => latest.fail(tookTooLong(waitMs)), waitMs);
  const stop = ports.watch(selectors, (entitlement) => {
    clearTimeout(timer);
    latest.tell(entitlement);
  });
  try {
    return await work(latest);
  } finally {
    stop();
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
