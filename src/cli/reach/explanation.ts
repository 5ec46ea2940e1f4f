import type { ReachExplanation, ReachReason } from '../../authorization/reach/index.ts';
import { toPlace } from '../../base/diagnostic.ts';
import { type Painter, plain, wrap } from '../terminal.ts';
import { connectionText, peerText, requestsOf } from './connection.ts';

const WIDTH = 80;
const INDENT = 6;

/** What passes from one peer to another, and each rule that says so or forbids it, with its line. Pairs of which
 *  nothing is said are left out. */
export function* toExplanationText(
  explanations: Iterable<ReachExplanation>,
  paint: Painter,
): Generator<string> {
  let isFirst = true;
  for (const { from, to, rows, reasons } of explanations) {
    if (rows.length === 0 && reasons.length === 0) continue;
    if (!isFirst) yield '\n';
    isFirst = false;
    const pair = `${peerText(from.name, from.kind)} -> ${peerText(to.name, to.kind)}`;
    yield `${paint('bold', plain(pair))}\n`;
    const result = rows.length > 0 ? connectionText(rows) : 'nothing';
    yield* block(rows.length > 0 ? paint('green', result) : paint('red', result), 2);
    for (const request of requestsOf(rows)) yield* block(plain(request), INDENT);
    for (const reason of reasons) yield* reasonText(reason, paint);
  }
  if (isFirst) yield 'Nothing leads from the one to the other.\n';
}

function* reasonText(reason: ReachReason, paint: Painter): Generator<string> {
  const { side, effect, policy, message, source } = reason;
  const colour = effect === 'allow' ? 'green' : effect === 'deny' ? 'red' : 'yellow';
  const word = paint(colour, effect.padEnd(5));
  const [first = '', ...more] = wrap(
    plain(`${policy === null ? '' : `${policy} `}${message}`),
    WIDTH - 19,
  );
  yield `    ${side.padEnd(8)}${word}  ${first}\n`;
  for (const line of more) yield `${' '.repeat(19)}${line}\n`;
  const place = source ? toPlace(source) : '';
  if (place !== '') yield `${' '.repeat(19)}${paint('dim', plain(place))}\n`;
}

function* block(text: string, indent: number): Generator<string> {
  for (const line of wrap(text, WIDTH - indent)) yield `${' '.repeat(indent)}${line}\n`;
}
