import type { GrpcAnswers, GrpcCall } from '../../../base/grpc/index.ts';
import type { AgentsConfig } from '../config.ts';
import type { Feed, View } from './feed.ts';
import type { ConnectedAgent } from './gate.ts';
import { changesOf, wholeOf } from './pages.ts';
import { scopeOf } from './scope.ts';

/** Timers of Node count to 2^31 milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const MIN_TIMER_MS = 100;

export interface WatchParts {
  readonly feed: Feed;
  readonly limits: AgentsConfig['limits'];
  /** Lets the agent in once more.
   *  @throws {Fault} where it is not let in any more */
  readonly admit: () => ConnectedAgent;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Tells an agent of everything, and then of each change, no faster than it reads, until it is not let in any more:
 *  that ends the stream at once, even where it does not read.
 *  @throws {Fault} as `admit`; the reason of the signal */
export async function watch(
  answers: GrpcAnswers,
  { signal }: Pick<GrpcCall, 'signal'>,
  { feed, limits, admit, clock }: WatchParts,
): Promise<void> {
  const agent = admit();
  const mayKnow = scopeOf(agent.id, limits);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => {});
  let isOver = false;
  const end = (reason: unknown): void => {
    isOver = true;
    reject(reason);
  };
  let wake = (): void => {};
  const look = (): void => {
    try {
      admit();
      wake();
    } catch (thrown) {
      end(thrown);
    }
  };
  const onAbort = (): void => end(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const lookAtEnd = (): void => {
    const left = Math.min(Math.max(agent.expiresAt - clock(), MIN_TIMER_MS), MAX_TIMER_MS);
    timer = setTimeout(() => {
      look();
      lookAtEnd();
    }, left);
  };
  lookAtEnd();
  const unsubscribe = feed.onChange(look);
  const tell = async (): Promise<never> => {
    let told: View | undefined;
    for (;;) {
      const { view } = feed;
      const messages = told
        ? changesOf(feed.since(told), { before: told, after: view }, mayKnow)
        : wholeOf(view, mayKnow);
      for (const message of messages) {
        // whoever is not let in any more hears nothing more, also of what was begun
        if (isOver) return ended;
        await answers.send(message);
      }
      told = view;
      if (feed.view !== view) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  try {
    if (signal.aborted) onAbort();
    await Promise.race([tell(), ended]);
  } finally {
    unsubscribe();
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
