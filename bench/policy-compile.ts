import { Engine } from '../src/authorization/engine/index.ts';
import { CedarJudge } from '../src/authorization/guardrails/index.ts';
import { placementsOf, TARGETS } from '../src/authorization/targets/index.ts';
import { workloadsFor } from '../src/authorization/targets/testing/world.ts';
import { estateOf } from './support/decision-estate.ts';

/** An estate of 10,000 services with 40,000 calls of 100,000 operations, compiled for every target (or those named). */
const SERVICES = 10_000;

function timed<Value>(label: string, work: () => Value, tell: (value: Value) => string): Value {
  const before = process.cpuUsage();
  const start = performance.now();
  const value = work();
  const elapsed = ((performance.now() - start) / 1_000).toFixed(2);
  const { user, system } = process.cpuUsage(before);
  const cpu = ((user + system) / 1e6).toFixed(2);
  console.log(`${label.padEnd(14)}${elapsed.padStart(7)} s (${cpu} s of CPU)   ${tell(value)}`);
  return value;
}

const policy = estateOf(SERVICES);
const services = `${policy.services.length} services, ${policy.grants.length} grants`;
const engine = timed(
  'engine',
  () => new Engine(policy, new CedarJudge(policy.guardrails)),
  () => services,
);
const rules = timed(
  'rules',
  () => engine.rules(),
  (all) => `${all.length} callees`,
);
const placements = timed(
  'placements',
  () => placementsOf(policy.services, workloadsFor(policy.services)),
  ({ size }) => `${size} placed`,
);
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
for (const [name, { compile }] of Object.entries(TARGETS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  timed(
    name,
    () => compile(rules, { placements, trustDomain: 'example.org', policy, egress: false }),
    ({ files, notices }) => {
      const size = files.reduce((sum, { text }) => sum + text.length, 0) / 1e6;
      return `${files.length} files, ${size.toFixed(1)} MB, ${notices.length} notices`;
    },
  );
}
