import {
  type Compiled,
  placementsOf,
  TARGETS,
  type Target,
  type TargetContext,
} from '../../authorization/targets/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { FolderPolicy } from '../../server/policy-of-folder.ts';
import { networkOf } from '../../sources/kubernetes/network/index.ts';
import { counted, painterFor } from '../terminal.ts';
import { toNoticeText } from './compile-notices.ts';
import { toJson, toText, writeFiles } from './compile-output.ts';
import { engineOf, readFolderPolicy } from './folder.ts';
import { errorsOfPolicy, tellProblems } from './problems.ts';

export interface CompileFlags {
  readonly target: string;
  readonly output?: string;
  readonly format: 'text' | 'json';
  readonly trustDomain?: readonly string[];
  readonly egress: boolean;
  readonly strict: boolean;
  readonly environment: string;
  readonly secondsPerFile: number;
}

/** What meshes call their cluster unless told otherwise. */
const DEFAULT_TRUST_DOMAIN = 'cluster.local';

/** Compiles the policy of a folder, prints it, and sets the exit status; in the process that `supervise` starts.
 *  @throws {Fault} `policy/target-invalid`, `output/invalid`, and as `readPolicy` */
export function compile(folder: string, flags: CompileFlags): void {
  const target = targetOf(flags.target);
  const trustDomains = flags.trustDomain ?? [DEFAULT_TRUST_DOMAIN];
  const read = readFolderPolicy(folder, flags.environment, trustDomains);
  tellProblems(read.diagnostics);
  const compiled = compilePolicy(target, read, flags, trustDomains[0] ?? DEFAULT_TRUST_DOMAIN);
  print(compiled, flags);
  const isWhole = !isShort(compiled) && errorsOfPolicy(read.diagnostics).length === 0;
  process.exitCode = flags.strict && !isWhole ? 1 : 0;
}

/** Whether something of this policy cannot be said. What a target says of every policy is for its operators. */
const isShort = ({ notices }: Compiled): boolean =>
  notices.some(({ service }) => service !== undefined);

function targetOf(name: string): Target {
  const target = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
  if (target) return target;
  throw new Fault('policy/target-invalid', `${quote(name)} is not a target`, {
    hint: `use one of: ${Object.keys(TARGETS).join(', ')}`,
  });
}

function compilePolicy(
  target: Target,
  { policy, cluster }: FolderPolicy,
  { egress }: CompileFlags,
  trustDomain: string,
): Compiled {
  const workloads = cluster ? networkOf(cluster).network.workloads : [];
  const placements = placementsOf(policy.services, workloads);
  const context: TargetContext = { placements, trustDomain, policy, egress };
  return target.compile(engineOf(policy).rules(), context);
}

function print(compiled: Compiled, flags: CompileFlags): void {
  if (flags.output !== undefined) {
    writeFiles(compiled.files, flags.output);
    console.error(`${counted(compiled.files.length, 'file')} in ${flags.output}`);
  }
  if (flags.format === 'json') {
    process.stdout.write(toJson(flags.target, compiled, flags.output === undefined));
    return;
  }
  if (flags.output === undefined) process.stdout.write(toText(compiled.files));
  const paint = painterFor(process.stderr, process.env);
  process.stderr.write(toNoticeText(flags.target, compiled.notices, paint));
}
