import type { GrpcAnswers } from '../../../base/grpc/index.ts';
import type { ConnectedAgent } from './gate.ts';

/** Timers of Node count to 2^31 milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const MIN_TIMER_MS = 100;

export interface SessionParts {
  /** Lets the agent in once more.
   *  @throws {Fault} where it is not let in any more */
  readonly admit: () => ConnectedAgent;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Tells that there may be news, or that it may be let in no more; each gives what ends that. */
  readonly onChange: readonly ((listener: () => void) => () => void)[];
}

/** An agent that is told something for as long as it is let in. */
export interface AgentSession {
  readonly agent: ConnectedAgent;
  /** Resolves when the message is on its way: no faster than the agent reads. */
  send(message: Buffer): Promise<void>;
  /** Resolves as soon as something may have changed since it last did. */
  changed(): Promise<void>;
}

/** Tells an agent something until it is not let in any more: that ends it at once, even where the agent does not read.
 *  @throws {Fault} as `admit`; the reason of the signal */
export async function whileAdmitted(
  { admit, clock, onChange }: SessionParts,
  answers: GrpcAnswers,
  signal: AbortSignal,
  tell: (session: AgentSession) => Promise<never>,
): Promise<void> {
  const agent = admit();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => {});
  let isOver = false;
  const end = (reason: unknown): void => {
    isOver = true;
    reject(reason);
  };
  let hasChanged = false;
  let wake = (): void => {};
  const look = (): void => {
    try {
      admit();
      hasChanged = true;
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
  const undo = onChange.map((subscribe) => subscribe(look));
  const session: AgentSession = {
    agent,
    // whoever is not let in any more hears nothing more, also of what was begun
    send: (message) => (isOver ? ended : answers.send(message)),
    changed: async () => {
      while (!hasChanged) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      hasChanged = false;
    },
  };
  try {
    if (signal.aborted) onAbort();
    await Promise.race([tell(session), ended]);
  } finally {
    for (const unsubscribe of undo) unsubscribe();
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
