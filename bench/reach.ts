import { analyse, diffReach, type ReachRow } from '../src/authorization/reach/index.ts';
import { largeNetwork } from '../src/authorization/reach/testing/large.ts';
import { isLetThrough } from '../src/authorization/reach/testing/oracle.ts';
import { type Network, TRANSPORTS } from '../src/estate/index.ts';

/** Reach of 1,000 workloads, which is 1,000,000 pairs, well under a second; of 3,000; and the difference of two
 *  states. The peer of the same run decides pair by pair, reading the policies anew for each, of one port of each
 *  transport only. */
const RUNS = 3;

/** Of the processor, whatever else the machine does; the median of some runs. */
function seconds(work: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000_000;
  });
  return times.sort((a, b) => a - b)[RUNS >> 1] ?? 0;
}

function count(rows: Iterable<ReachRow>): number {
  let rowCount = 0;
  for (const _ of rows) rowCount++;
  return rowCount;
}

function report(what: string, network: Network): void {
  let rows = 0;
  const time = seconds(() => {
    rows = count(analyse(network).rows());
  });
  const { workloads, policies } = network;
  console.log(
    `${what}: ${workloads.length} workloads, ${policies.length} policies, ${rows} rows: median ${time.toFixed(2)} s of the processor`,
  );
}

const thousand = largeNetwork(1_000, true);
report('with policies   ', thousand);
report('without policies', largeNetwork(1_000, false));
report('with policies   ', largeNetwork(3_000, true));

const exposures = seconds(() => analyse(thousand).exposure());
console.log(`exposure of 1,000 workloads: median ${exposures.toFixed(2)} s`);

const changed = { ...thousand, policies: thousand.policies.slice(0, -5) };
const difference = seconds(() =>
  diffReach({ network: thousand, permissions: [] }, { network: changed, permissions: [] }),
);
console.log(`difference of two states of 1,000 workloads: median ${difference.toFixed(2)} s`);

const small = largeNetwork(100, true);
const ours = seconds(() => count(analyse(small).rows()));
const pairwise = seconds(() => {
  for (const from of small.workloads) {
    for (const to of small.workloads) {
      for (const transport of TRANSPORTS) {
        isLetThrough(small, { from, to, transport, port: 8080 });
      }
    }
  }
});
console.log(
  `100 workloads: all ports ${(ours * 1_000).toFixed(1)} ms; one port of each transport pair by pair ${(pairwise * 1_000).toFixed(0)} ms, ${(pairwise / ours).toFixed(0)} times as long`,
);
