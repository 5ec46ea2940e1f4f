import { unavailable } from './attestation.ts';

/** The result of a work that takes no longer than `timeoutMs`.
 *  @throws {Fault} `identity/attestation-unavailable/timeout`; the work is told by its signal */
export async function timely<Result>(
  timeoutMs: number,
  name: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const cancel = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const fault = unavailable('timeout', `${name} took longer than ${timeoutMs} ms`);
      reject(fault);
      cancel.abort(fault);
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(cancel.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
