import type { Exposure } from '../../authorization/reach/index.ts';
import { toPlace } from '../../base/diagnostic.ts';
import { type Painter, plain, wrap } from '../terminal.ts';
import { connectionText } from './connection.ts';

const WIDTH = 80;

/** For each workload, which pods that do not exist yet it would let in, and reach. */
export function* toExposureText(all: readonly Exposure[], paint: Painter): Generator<string> {
  yield 'What pods that do not exist yet would be let in to, and be reached by.\n';
  const unprotected: string[] = [];
  for (const [name, ofWorkload] of Map.groupBy(
    all,
    ({ workload, kind }) => `${workload} (${kind})`,
  )) {
    const told = ofWorkload.filter((one) => !one.unprotected);
    for (const { direction } of ofWorkload.filter((one) => one.unprotected)) {
      unprotected.push(`${name} on ${direction}`);
    }
    if (told.length === 0) continue;
    yield `\n${paint('bold', plain(name))}\n`;
    const byPeer = Map.groupBy(told, ({ direction, peer }) => `${direction}\n${peer}`);
    for (const some of byPeer.values()) yield* peerText(some, paint);
  }
  if (unprotected.length === 0) return;
  yield `\n${paint('bold', 'No policy decides about')}\n`;
  for (const one of unprotected) yield `  ${plain(one)}\n`;
}

function* peerText(some: readonly Exposure[], paint: Painter): Generator<string> {
  const [first] = some;
  if (!first) return;
  const way = first.direction === 'ingress' ? 'from' : 'to  ';
  const [line = '', ...more] = wrap(plain(`${first.peer}: ${connectionText(some)}`), WIDTH - 7);
  yield `  ${way} ${line}\n`;
  for (const rest of more) yield `       ${rest}\n`;
  const places = some.flatMap(({ because }) =>
    because.flatMap(({ source }) => (source ? [toPlace(source)] : [])),
  );
  for (const place of new Set(places)) yield `       ${paint('dim', plain(place))}\n`;
}
