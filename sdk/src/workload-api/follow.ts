import { ReeveError } from '../error.ts';
import { backoffMs, pause } from './backoff.ts';
import { isFinal, unavailable } from './status.ts';

/** What follows a stream of the Workload API. */
export interface Watcher<Message> {
  /** Hears of each message; each is the full set. What it throws is an error of the message. */
  onMessage(message: Message): void;
  /** Hears of each failure that is followed by another try, and its reason. */
  onRetry?(error: ReeveError): void;
}

/** Follows a stream and opens it again whenever it ends, later each time until there is a message, until
 *  the signal is aborted.
 *  @throws {ReeveError} what trying again cannot change; what the signal was aborted with; what is no
 *  ReeveError */
export async function follow<Message>(
  open: () => AsyncIterable<Message>,
  watcher: Watcher<Message>,
  signal: AbortSignal,
  { wait = pause, random = Math.random } = {},
): Promise<never> {
  for (let failures = 0; ; failures++) {
    try {
      for await (const message of open()) {
        watcher.onMessage(message);
        failures = 0;
      }
      throw unavailable('it ended the stream');
    } catch (thrown) {
      if (signal.aborted || isFinal(thrown) || !(thrown instanceof ReeveError)) throw thrown;
      watcher.onRetry?.(thrown);
    }
    await wait(backoffMs(failures, random), signal);
  }
}
