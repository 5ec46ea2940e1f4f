import { after } from '../base/timer.ts';

/** Ends parts that were opened, and waits for that so long: what hangs then is given up.
 *  @throws what ending them throws in that time */
export async function endWithin(milliseconds: number, parts: AsyncDisposable): Promise<void> {
  let giveUp: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    giveUp = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([parts[Symbol.asyncDispose](), over]);
  } finally {
    clearTimeout(giveUp);
  }
}

/** Ends this process, with the status that is set by then, where something keeps it alive for that long. It is not kept
 *  alive for this. */
export function leaveWithin(milliseconds: number): void {
  after(milliseconds, () => process.exit());
}
