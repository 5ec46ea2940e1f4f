import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toMetadata } from '../src/secrets/keeping/metadata.ts';
import type { Secret } from '../src/secrets/model/index.ts';
import {
  type Answer,
  type Call,
  policyOf,
  RotationConfig,
  Schedule,
  step,
  waitOf,
} from '../src/secrets/rotation/index.ts';
import { rotationSeconds } from './support/rotation-costs.ts';

/** 100,000 secrets on schedule. To reach: under 5 % of a core.
 *
 *  Time is simulated, and goes as fast as the work is done: each second of it, the schedule is asked what is due, and
 *  each secret that is goes through its whole rotation in the pure core (begun, made, set, tested, promoted, delivered,
 *  and finished after its overlap); one call in fifty fails at first. What a rotation takes with the runner, and a store
 *  that has every step on the disk with its entry in the audit log, is measured apart, on a few hundred real ones, and
 *  added; what targets and drivers do is not in it. Beside it, what it would take to look at every secret each second. */
const SECRETS = 100_000;
const SHARE_TO_REACH = 0.05;
const HOURS = Number(process.argv.find((word) => word.startsWith('--hours='))?.slice(8) ?? 6);
const POLLS = 5;
const SECOND = 1_000;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);
const HOLDER = 'bench';

interface Interval {
  /** Of all secrets. */
  readonly share: number;
  readonly everySeconds: number;
  readonly overlapSeconds: number;
}
const HOURLY: Interval = { share: 0.02, everySeconds: HOUR, overlapSeconds: 300 };
const MIX: readonly Interval[] = [
  HOURLY,
  { share: 0.28, everySeconds: DAY, overlapSeconds: HOUR },
  { share: 0.4, everySeconds: 7 * DAY, overlapSeconds: DAY },
  { share: 0.3, everySeconds: 30 * DAY, overlapSeconds: DAY },
];

const policy = policyOf(RotationConfig.parse({}));
const counts = { steps: 0, rotations: 0, failures: 0 };
let wall = START;
let state = 42;

/** Park and Miller's generator: the same lots in each run. */
function lot(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

function intervalOf(index: number): Interval {
  let from = 0;
  for (const interval of MIX) {
    from += interval.share * SECRETS;
    if (index < from) return interval;
  }
  return HOURLY;
}

function secretOf(index: number): Secret {
  const { everySeconds, overlapSeconds } = intervalOf(index);
  const at = new Date(START).toISOString();
  const service = `production/shop/service-${index >> 2}`;
  const version = {
    ...{ number: 1, createdAt: at, envelope: 'x'.repeat(300), fingerprints: ['f'.repeat(32)] },
    ...{ expiresAt: null, revokedAt: null, leakedAt: null, revocation: null },
  };
  return {
    ...{ id: `${service}/secret-${index}`, name: `secret-${index}`, service, kind: 'api-key' },
    ...{ owner: 'team-bench', consumers: [], createdAt: at, createdBy: 'bench' },
    ...{ versions: [version], labels: { current: 1 }, run: null, taken: null, lastRotated: at },
    plan: {
      ...{ rotator: 'api-key', config: {}, admin: null, jitter: 0.1, windows: [] },
      ...{ everySeconds, overlapSeconds, deliver: [] },
    },
    // as they stand in the middle of things: spread over their interval
    nextRotation: new Date(START + Math.round(lot() * everySeconds) * SECOND).toISOString(),
  };
}

/** Does what is due for a secret. */
function lookAfter(secret: Secret): Secret {
  let next = step(secret, { event: 'take', holder: HOLDER }, { wall, lot: lot() }, policy);
  for (;;) {
    counts.steps++;
    const call = next.effects.find((effect) => effect.effect === 'call');
    if (call === undefined) return next.secret;
    next = step(next.secret, answerTo(call), { wall, lot: lot() }, policy);
  }
}

function answerTo({ call, version, token }: Call): Answer {
  const to = { holder: HOLDER, call: { call, version, token } };
  if (call !== 'make' && lot() < 0.02) {
    counts.failures++;
    return { event: 'failed', ...to, trouble: 'unreachable', message: 'away', hint: undefined };
  }
  if (call === 'finish') counts.rotations++;
  if (call !== 'make') return { event: 'done', ...to, isRefused: call === 'finish' };
  const value = { number: version ?? 1, envelope: 'x'.repeat(300), fingerprints: [] };
  return { event: 'made', ...to, value: { ...value, expiresAt: null } };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function print(label: string, value: string): void {
  console.log(`${label.padEnd(62)} ${value.padStart(14)}`);
}
const percent = (share: number) => `${(share * 100).toFixed(3)} %`;
const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MB`;

/** Seconds of processor time of what a second of simulated time costs, if all are looked at. */
function pollingCost(secrets: ReadonlyMap<string, Secret>): number {
  const before = process.cpuUsage();
  for (let poll = 0; poll < POLLS; poll++) {
    for (const secret of secrets.values()) waitOf(secret, HOLDER, wall, policy);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / POLLS;
}

async function main(): Promise<void> {
  const secrets = new Map<string, Secret>();
  for (let index = 0; index < SECRETS; index++) {
    const secret = secretOf(index);
    secrets.set(secret.id, secret);
  }
  const bare = heapBytes();
  const clocks = { clock: () => wall, steadyClock: () => wall - START };
  const schedule = new Schedule({ ...clocks, policy, holder: HOLDER });
  for (const [id, secret] of secrets) schedule.put(id, secret);
  const full = heapBytes();
  const before = process.cpuUsage();
  for (let second = 0; second < HOURS * HOUR; second++) {
    wall += SECOND;
    for (const id of schedule.take()) {
      const secret = secrets.get(id);
      if (secret === undefined) continue;
      const after = lookAfter(secret);
      secrets.set(id, after);
      schedule.put(id, after);
    }
  }
  const { user, system } = process.cpuUsage(before);
  const share = (user + system) / 1e6 / (HOURS * HOUR);
  console.log(`${SECRETS} secrets, ${HOURS} simulated hours`);
  print('  rotations', `${counts.rotations}`);
  print('  steps of the pure core', `${counts.steps}`);
  print('  failed calls', `${counts.failures}`);
  print('share of a core, the schedule and the pure core', `${percent(share)}`);
  print('  to look at all of them each second instead', percent(pollingCost(secrets)));
  print('memory of the schedule', megabytes(full - bare));
  const start = heapBytes();
  const metadata = Array.from(secrets.values(), (secret) => toMetadata(structuredClone(secret)));
  print(`memory of the metadata of ${metadata.length}`, megabytes(heapBytes() - start));
  const each = await rotationSeconds();
  print('processor time of a whole rotation, store and runner', `${(each * 1_000).toFixed(2)} ms`);
  const whole = share + (each * counts.rotations) / (HOURS * HOUR);
  const over = whole < SHARE_TO_REACH ? '' : `   (over ${percent(SHARE_TO_REACH)})`;
  print('share of a core with all of it', `${percent(whole)}${over}`);
  if (whole >= SHARE_TO_REACH || counts.rotations === 0) process.exitCode = 1;
}

await main();
