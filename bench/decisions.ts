import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine } from '../src/authorization/engine/index.ts';
import { CedarJudge } from '../src/authorization/guardrails/index.ts';
import type { Policy, Question } from '../src/authorization/model/index.ts';
import { openCedar } from './support/decision-cedar.ts';
import { estateOf, Questions } from './support/decision-estate.ts';
import { openOpa } from './support/decision-opa.ts';

/** Decisions a second on one core, at 10,000 and at 100,000 declared calls, with Cedar's wasm and OPA on questions
 *  of the same run; how long a policy takes to compile, and in how much memory. To reach: 2,000,000/s, 0.8 of that at ten times the
 *  calls, and 1 s to compile the policy of 10,000 services.
 *
 *  Half of the questions are denied, and two of three paths have parameters. Each round makes a few hundred questions
 *  anew, as if they had just come over a wire, and decides them; the two estates take turns, so that what else the machine
 *  does meets both alike. Figures are medians of the rounds, and the best twentieth; the ratio is that of the rounds. */
const ROUNDS = process.argv.includes('--quick') ? 400 : 2_000;
const QUESTIONS_OF_ROUND = 400;
const QUESTIONS = 100_000;
const FULL_DECISIONS = 20_000;
const CEDAR_SECONDS = 3;
const PEER_QUESTIONS = 2_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const usedMegabytes = (): number => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 / 1024;
};
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(2)} million/s`;
const print = (what: string, figure: string): void => console.log(`${what.padEnd(58)} ${figure}`);

interface Measured {
  readonly engine: Engine;
  readonly policy: Policy;
  readonly questions: Questions;
  readonly rates: number[];
}

function open(services: number): Measured {
  const policy = estateOf(services);
  const before = usedMegabytes();
  const engine = new Engine(policy, new CedarJudge(policy.guardrails));
  const megabytes = usedMegabytes() - before;
  const questions = new Questions(policy, QUESTIONS);
  // What is the same for every request is found out at the first one.
  for (let asked = 0; asked < QUESTIONS; asked += QUESTIONS_OF_ROUND) {
    for (const question of questions.take(QUESTIONS_OF_ROUND)) engine.reasonFor(question);
  }
  const calls = policy.grants.length.toLocaleString('en');
  print(`${calls} declared calls, the index beside the policy`, `${megabytes.toFixed(0)} MB`);
  return { engine, policy, questions, rates: [] };
}

/** Decisions a second. */
function reasonRate(engine: Engine, questions: readonly Question[]): number {
  const started = performance.now();
  for (const question of questions) engine.reasonFor(question);
  return (questions.length * 1_000) / (performance.now() - started);
}

function decisionRate(engine: Engine, questions: readonly Question[]): number {
  const started = performance.now();
  for (const question of questions) engine.decide(question);
  return (questions.length * 1_000) / (performance.now() - started);
}

const few = open(1_000);
const many = open(10_000);
for (let round = 0; round < ROUNDS; round++) {
  for (const { engine, questions, rates } of [few, many]) {
    const asked = questions.take(QUESTIONS_OF_ROUND);
    rates.push(reasonRate(engine, asked));
  }
}
for (const { policy, rates } of [few, many]) {
  const best = rates.toSorted((a, b) => b - a)[Math.floor(rates.length / 20)] ?? 0;
  const calls = policy.grants.length.toLocaleString('en');
  print(
    `decisions at ${calls} declared calls`,
    `${millions(median(rates))}   best ${millions(best)}`,
  );
}
const ratios = few.rates.map((rate, round) => (many.rates[round] ?? 0) / rate);
print('  at 100,000, of those at 10,000', median(ratios).toFixed(2));

const full = few.questions.take(FULL_DECISIONS);
const fullRate = decisionRate(few.engine, full);
print('  with their sentence and their places', millions(fullRate));

const compiled = estateOf(10_000, [2, 2]);
const times = Array.from({ length: 5 }, () => {
  const started = performance.now();
  new Engine(compiled, new CedarJudge([]));
  return performance.now() - started;
});
print(
  'policy of 10,000 services, 40,000 calls and 200,000 endpoints',
  `${median(times).toFixed(0)} ms to compile`,
);

/** How a peer did on questions of the same run. */
function printPeer(name: string, seconds: number, answers: readonly boolean[]): void {
  const rate = answers.length / seconds;
  const differing = answers.filter((one, at) => one !== asked[at]?.isAllowed).length;
  const times = Math.round(median(few.rates) / rate).toLocaleString('en');
  print(name, `${rate.toFixed(0)}/s`);
  print('  decisions here, of those there', `${times} times`);
  print('  decided otherwise', `${differing} of ${answers.length}`);
}

const asked = few.questions.take(PEER_QUESTIONS).map((question) => {
  const { allowed, operation } = few.engine.decide(question);
  return { question, operation, isAllowed: allowed };
});
const cedar = openCedar(few.policy);
const byCedar: boolean[] = [];
const started = performance.now();
for (const { question, operation } of asked) {
  if (performance.now() - started > CEDAR_SECONDS * 1_000) break;
  byCedar.push(cedar.isAllowed(question, operation));
}
const cedarSeconds = (performance.now() - started) / 1_000;
printPeer('Cedar with 10,000 policies, parsed beforehand', cedarSeconds, byCedar);

const opa = await openOpa(few.policy, few.engine);
if (typeof opa === 'string') {
  print('OPA', `not measured: ${opa}`);
} else {
  const questions = asked.map(({ question }) => question);
  await opa.areAllowed(questions.slice(0, 100));
  const opaStarted = performance.now();
  const byOpa = await opa.areAllowed(questions);
  const opaSeconds = (performance.now() - opaStarted) / 1_000;
  printPeer('OPA with this policy in Rego, one batch of questions', opaSeconds, byOpa);
  await opa.stop();
}
