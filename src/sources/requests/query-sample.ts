import type { PayloadSamples, Sighting } from '../../estate/index.ts';
import { type JudgePayload, judgeExchange } from '../../estate/sighting/index.ts';

/** What the query of a request held; undefined where it has none, where it was not judged, and where
 *  nobody may look at it. */
export function samplesOfQuery(
  judge: JudgePayload | undefined,
  operation: Pick<Sighting, 'service' | 'method' | 'path' | 'route'>,
  query: string | undefined,
): PayloadSamples | undefined {
  if (judge === undefined || !query) return undefined;
  return judgeExchange(judge, [{ operation, part: 'requests', content: query, form: 'query' }]);
}
