import { Asking } from '../../authorization/cases/index.ts';
import { type Explanation, explain } from '../../authorization/explain/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import { toTestedCall } from '../../sources/index.ts';
import { type Painter, painterFor, plain, wrap } from '../terminal.ts';
import { engineOf, readFolderPolicy } from './folder.ts';
import type { FolderFlags } from './folder-command.ts';
import { errorsOfPolicy, tellProblems } from './problems.ts';

export interface ExplainFlags extends FolderFlags {
  readonly format: 'text' | 'json';
  readonly proof: 'mtls' | 'token';
}

/** Explains one call; in the process that `supervise` starts.
 *  @throws {Fault} `policy/call-malformed`, `authorization/service-…`, `folder/…` */
export function explainCall(folder: string, text: string, flags: ExplainFlags): void {
  const call = toTestedCall(text);
  if (call === undefined) {
    throw new Fault('policy/call-malformed', `${quote(text, 200)} is no call`, {
      hint: 'write it as "web -> orders GET /orders/42"',
    });
  }
  const { environment, trustDomain } = flags;
  const { policy, diagnostics } = readFolderPolicy(folder, environment, [trustDomain]);
  tellProblems(errorsOfPolicy(diagnostics));
  const question = new Asking(policy.services).question({ ...call, proof: flags.proof });
  const explanation = explain(engineOf(policy).trace(question), policy);
  if (flags.format === 'json') console.log(JSON.stringify(explanation, null, 2));
  else {
    const paint = painterFor(process.stdout, process.env);
    for (const line of explanationLines(explanation, paint)) console.log(line);
  }
}

/** 80 columns: the answer, what it follows from, and what to do. */
export function* explanationLines(
  { decision, facts, remedies }: Explanation,
  paint: Painter,
): Generator<string> {
  const answer = decision.allowed ? paint('green', 'allowed') : paint('red', 'denied');
  const shadow =
    decision.mode === 'shadow' && !decision.allowed ? ', and let through (shadow mode)' : '';
  yield `${answer} (${decision.reason})${shadow}`;
  for (const line of wrap(plain(decision.message), 76)) yield `  ${line}`;
  yield '';
  for (const { name, value, place } of facts) {
    const text = place === undefined ? plain(value) : `${plain(value)}  ${plain(place)}`;
    const [first = '', ...rest] = wrap(text, 66);
    yield `  ${name.padEnd(10)}  ${first}`;
    for (const line of rest) yield `              ${line}`;
  }
  for (const { step, snippet } of remedies) {
    yield '';
    yield* wrap(plain(step), 80);
    for (const line of snippet?.split('\n') ?? []) yield `  ${plain(line)}`;
  }
}
