import type { GrpcAnswers, GrpcCall } from '../../../base/grpc/index.ts';
import type { AgentsConfig } from '../config.ts';
import type { Feed, View } from './feed.ts';
import { changesOf, wholeOf } from './pages.ts';
import { scopeOf } from './scope.ts';
import { type SessionParts, whileAdmitted } from './session.ts';

export interface WatchParts extends Pick<SessionParts, 'admit' | 'clock'> {
  readonly feed: Feed;
  readonly limits: AgentsConfig['limits'];
}

/** Tells an agent of everything, and then of each change, no faster than it reads, until it is not let in any more.
 *  @throws {Fault} as `whileAdmitted` */
export function watch(
  answers: GrpcAnswers,
  { signal }: Pick<GrpcCall, 'signal'>,
  { feed, limits, admit, clock }: WatchParts,
): Promise<void> {
  const onChange = [(listener: () => void) => feed.onChange(listener)];
  return whileAdmitted({ admit, clock, onChange }, answers, signal, async (session) => {
    const mayKnow = scopeOf(session.agent.id, limits);
    let told: View | undefined;
    for (;;) {
      const { view } = feed;
      const messages = told
        ? changesOf(feed.since(told), { before: told, after: view }, mayKnow)
        : wholeOf(view, mayKnow);
      for (const message of messages) await session.send(message);
      told = view;
      if (feed.view === view) await session.changed();
    }
  });
}
