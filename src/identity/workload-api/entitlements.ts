import type { GrpcAnswers, GrpcCall } from '../../base/grpc/index.ts';
import { Latest } from './latest.ts';
import type { Entitled, Entitlement, WorkloadApiPorts } from './ports.ts';
import { refusalOf, tookTooLong } from './refusals.ts';
import { attestAgain, type Workload } from './workload.ts';

const DEFAULT_WAIT_MS = 10_000;

/** What a workload is entitled to now.
 *  @throws {Fault} where it is to nothing, or nothing can be said yet; the reason of the signal */
export async function entitlementOf(
  ports: WorkloadApiPorts,
  { selectors }: Workload,
  signal: AbortSignal,
): Promise<Entitled> {
  return watching(ports, selectors, signal, async (latest) => {
    const entitlement = await latest.next();
    if (entitlement.kind !== 'entitled') throw refusalOf(entitlement);
    return entitlement;
  });
}

/** Tells a workload what it is entitled to, and each change of it, until it is to nothing or the call is over. Only
 *  what makes another message is sent.
 *  @throws {Fault} as `entitlementOf` and `attestAgain` */
export async function follow(
  ports: WorkloadApiPorts,
  workload: Workload,
  answers: GrpcAnswers,
  { signal }: GrpcCall,
  encode: (entitled: Entitled) => Buffer,
  onSent: (entitled: Entitled) => void,
): Promise<void> {
  await watching(ports, workload.selectors, signal, async (latest) => {
    let last: Buffer | undefined;
    for (;;) {
      const entitlement = await latest.next();
      // What is not known for a while does not take away what was given.
      if (entitlement.kind === 'starting' && last) continue;
      if (entitlement.kind !== 'entitled') throw refusalOf(entitlement);
      const message = encode(entitlement);
      if (last?.equals(message)) continue;
      if (last) await attestAgain(ports, workload);
      last = message;
      answers.offer(message);
      onSent(entitlement);
    }
  });
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
