import { Fault, messageOf } from '../../base/fault.ts';
import { readText } from '../text-file.ts';

const MAX_BYTES = 1_048_576;

/** A file of JSON that somebody names.
 *  @throws {Fault} `client/config-malformed`, with the place and without what stands there: it may be a value */
export function readJson(file: string): unknown {
  const text = readText(file, MAX_BYTES, 'client/config-malformed');
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const [, line, column] = / \(line (\d+) column (\d+)\)$/.exec(messageOf(thrown)) ?? [];
    const place = line && column ? { line: Number(line), column: Number(column) } : {};
    throw new Fault('client/config-malformed', 'This is no JSON', { file, ...place });
  }
}
