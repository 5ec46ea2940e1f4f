import { type Fields, isFields, pick } from '../../base/pick.ts';

/** Fields in which shippers of logs put a line that they have not taken apart: Docker's and Fluent Bit's, Vector's, and
 *  OpenTelemetry's. */
const LINES = ['log', 'message', 'body'];

/** The line that a shipper's record holds, with what it knows of the pod that the line is of; undefined where it holds
 *  none. */
export function shippedIn(record: Fields): Fields | undefined {
  for (const name of LINES) {
    const text = pick(record, name);
    const line = typeof text === 'string' ? parse(text) : undefined;
    const kubernetes = pick(record, 'kubernetes');
    if (isFields(line)) return { ...(isFields(kubernetes) && { kubernetes }), ...line };
  }
  return undefined;
}

/** Undefined for what is no JSON: the parser's message quotes the line, which may hold anything. */
export function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
