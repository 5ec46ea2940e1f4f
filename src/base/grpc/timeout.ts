import { Fault, quote } from '../fault.ts';

const MILLISECONDS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};
/** Longer than timers can wait, and than anybody means. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** Reads the header `grpc-timeout`: milliseconds, rounded up; undefined where the caller sets no limit.
 *  @throws {Fault} `grpc/timeout-malformed`
 *  @see gRPC over HTTP2, Timeout */
export function parseTimeout(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(header) ?? [];
  const factor = MILLISECONDS[unit];
  if (digits === undefined || factor === undefined) {
    throw new Fault('grpc/timeout-malformed', `${quote(header)} is no \`grpc-timeout\``, {
      hint: 'at most 8 digits and one of H, M, S, m, u, n',
    });
  }
  return Math.min(Math.ceil(Number(digits) * factor), MAX_MILLISECONDS);
}
