import { Fault } from '../../../base/fault.ts';
import type { GrpcAnswers, GrpcCall, GrpcService } from '../../../base/grpc/index.ts';
import { POLICY_FEED, POLICY_FEED_FILE } from './description.ts';
import { readWatchRequest, watchResponse } from './messages.ts';
import { News } from './news.ts';
import type { PolicySlices } from './slices.ts';
import type { WrittenSlice } from './write-slice.ts';

/** The workload that makes a call, as whoever attests workloads knows it. */
export interface FeedCaller {
  /** The SPIFFE IDs that it may have now, at least one; undefined: that cannot be said yet.
   *  @throws {Fault} where it may have none */
  identities(): readonly string[] | undefined;
  /** Makes sure that it still is what it was when the call began.
   *  @throws {Fault} where it is not */
  confirm(): Promise<void>;
  /** Tells that it may have others now; what it gives ends that. */
  onChange(listener: () => void): () => void;
}

export interface PolicyFeedPorts {
  /** Finds out who calls, and does the work for it.
   *  @throws {Fault} for one who is nobody; what the work throws */
  forCaller(call: GrpcCall, work: (caller: FeedCaller) => Promise<void>): Promise<void>;
  readonly slices: Pick<PolicySlices, 'of' | 'onChange'>;
  /** How long a workload waits for its first policy, before it is sent away to ask again. */
  readonly waitMs: number;
}

/** The policy of a workload's own services, told to it on the socket on which it fetches its identities: everything at
 *  first, and then everything again whenever it has changed. */
export function policyFeed(ports: PolicyFeedPorts): GrpcService {
  return {
    name: POLICY_FEED,
    files: [POLICY_FEED_FILE],
    methods: {
      Watch: {
        kind: 'server-stream',
        handle: (message, answers, call) =>
          ports.forCaller(call, (caller) => {
            return watch(ports, { caller, answers, call, known: readWatchRequest(message) });
          }),
      },
    },
  };
}

interface Watching {
  readonly caller: FeedCaller;
  readonly answers: GrpcAnswers;
  readonly call: GrpcCall;
  /** The revision that the caller came with. */
  readonly known: string;
}

async function watch(
  { slices, waitMs }: PolicyFeedPorts,
  { caller, answers, call: { signal }, known }: Watching,
): Promise<void> {
  const news = new News();
  const onAbort = (): void => news.fail(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => news.fail(notKnownYet(waitMs)), waitMs);
  const undo = [caller.onChange(news.tell), slices.onChange(news.tell)];
  try {
    news.tell();
    let told: WrittenSlice | undefined;
    for (;;) {
      await news.next();
      const ids = caller.identities();
      // what is not known for a while does not take away what was given
      const slice = ids && slices.of(ids);
      if (slice === undefined || slice.revision === told?.revision) continue;
      if (told) await caller.confirm();
      clearTimeout(timer);
      answers.offer(watchResponse(slice, !told && slice.revision === known));
      told = slice;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    for (const stop of undo) stop();
  }
}

const notKnownYet = (waitMs: number): Fault =>
  new Fault(
    'authorization/policy-unavailable',
    `No policy of this workload was known within ${waitMs / 1_000} seconds`,
    { hint: 'ask again: it is told as soon as Reeve has judged the estate' },
  );
