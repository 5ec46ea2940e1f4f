import { TraceStoreLimits } from '../limits.ts';
import { openTraceFile } from '../store/index.ts';
import { START, spanId, traceId } from './batches.ts';
import { aSpan, aTrace } from './traces.ts';

/** Between the numbers of the two. */
const OTHER = 1_000_000;

/** A program for tests that kill: `writer.ts FOLDER FIRST` puts two traces at a time, and prints `ack N` when both are
 *  there. */
const [folder = '', first = '1'] = process.argv.slice(2);
const store = openTraceFile(folder, TraceStoreLimits.parse({ maxTraces: 50 }), 100);
for (let number = Number(first); ; number++) {
  const start = START + number * 1_000;
  const spans = Array.from({ length: 20 }, (_, index) => aSpan({ id: spanId(index + 1), start }));
  store.put([number, number + OTHER].map((id) => aTrace({ id: traceId(id), spans })));
  store.prune(0, new Set());
  console.log(`ack ${number}`);
}
