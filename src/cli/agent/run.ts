import { homedir } from 'node:os';
import { join } from 'node:path';
import { EnforcementPoint } from '../../authorization/enforcement/point/index.ts';
import { systemClock } from '../../base/clock.ts';
import { loadConfig } from '../../base/config.ts';
import { Fault } from '../../base/fault.ts';
import { createLog, type Log } from '../../base/log.ts';
import { releaseMemory } from '../../base/memory.ts';
import { type AgentEnd, runAgent } from '../../identity/agent/index.ts';
import { secretDiscovery } from '../../identity/sds/index.ts';
import { enforcementServices } from '../../server/authorization/workload-services.ts';
import { endOfProcess } from '../../server/greeting.ts';
import { NodePodsConfig, type OpenNodePods, openNodePods } from '../../server/node-pods.ts';
import { AgentFileConfig } from './config.ts';
import { Teller } from './tell.ts';

export interface AgentFlags {
  readonly server?: string;
  readonly trustDomain?: string;
  readonly data?: string;
  readonly socket?: string;
  readonly config?: string;
  readonly joinTokenFile?: string;
  readonly kubernetesTokenFile?: string;
  readonly node?: string;
  readonly trustBundle?: string;
  readonly trustBundleSha256?: readonly string[];
  readonly insecureBootstrap?: boolean;
  readonly format: 'text' | 'json';
}

const VARIABLE = 'REEVE_JOIN_TOKEN';
const MAX_TOKEN_BYTES = 16 * 1_024;

/** The gate that an agent did not pass. */
const DENIED = 1;

/** Runs the agent until a signal ends it, or it ends by itself: with status 1 where the server has denied it.
 *  @throws {Fault} where it cannot begin, or cannot join */
export async function agent(flags: AgentFlags): Promise<void> {
  const { config, joinToken: given } = settingsOf(flags);
  const joinToken = flags.joinTokenFile === '-' ? await readInput(process.stdin) : given;
  const stopped = endOfProcess();
  const log = createLog(config.logLevel);
  const pods = config.nodePods && (await openNodePods(config.nodePods, log));
  try {
    const end = await run(config, { log, joinToken, pods }, flags.format, stopped);
    if (end) judge(end);
  } finally {
    await pods?.close();
  }
}

interface Given {
  readonly log: Log;
  readonly joinToken: string | undefined;
  readonly pods: OpenNodePods | undefined;
}

async function run(
  config: AgentFileConfig,
  given: Given,
  format: AgentFlags['format'],
  stopped: Promise<void>,
): Promise<AgentEnd | undefined> {
  const { log } = given;
  const clock = systemClock;
  const teller = new Teller(format, config, (line) => console.log(line));
  const point = new EnforcementPoint();
  const running = await runAgent(config, {
    ...given,
    clock,
    policy: point,
    more: (ports, supply) => [
      ...secretDiscovery(ports, { config: config.sds, log, clock, sources: [point.rbac] }),
      ...enforcementServices(ports, supply, { point, clock, log }),
    ],
    onEvent: (event) => teller.hear(event),
  });
  teller.started(running);
  // what the start needed is not needed again
  releaseMemory().catch(() => undefined);
  const end = await Promise.race([running.ended, stopped.then(() => undefined)]);
  if (!end) console.error('\nEnding ...');
  await running.close();
  return end;
}

/** What the file and the options say together; options come first.
 *  @throws {Fault} `config/…` */
export function settingsOf(
  flags: AgentFlags,
  environment: NodeJS.ProcessEnv = process.env,
): { readonly config: AgentFileConfig; readonly joinToken: string | undefined } {
  const given = loadConfig(AgentFileConfig, flags.config);
  const { trustBundleSha256 = given.trustBundleSha256 } = flags;
  const isFromInput = flags.joinTokenFile === '-';
  const joinTokenFile = flags.joinTokenFile ?? given.joinTokenFile;
  const config: AgentFileConfig = {
    ...given,
    server: flags.server ?? given.server,
    trustDomain: flags.trustDomain ?? given.trustDomain,
    data: flags.data ?? given.data ?? defaultFolder(environment),
    joinTokenFile: isFromInput ? undefined : joinTokenFile,
    kubernetesTokenFile: flags.kubernetesTokenFile ?? given.kubernetesTokenFile,
    trustBundleFile: flags.trustBundle ?? given.trustBundleFile,
    trustBundleSha256: [...trustBundleSha256],
    nodePods: flags.node === undefined ? given.nodePods : nodePodsOf(given, flags.node),
    insecureBootstrap: flags.insecureBootstrap ?? given.insecureBootstrap,
    workloadApi: {
      ...given.workloadApi,
      socket: flags.socket ?? given.workloadApi.socket ?? defaultSocket(environment),
    },
  };
  return { config: parsed(config), joinToken: environment[VARIABLE] };
}

/** The file says the same on each node, and the option which node it is. */
function nodePodsOf({ nodePods }: AgentFileConfig, node: string): AgentFileConfig['nodePods'] {
  return NodePodsConfig.parse({ ...nodePods, node });
}

/** Options are held against the same rules as the file.
 *  @throws {Fault} `config/agent-invalid` */
function parsed(config: AgentFileConfig): AgentFileConfig {
  const read = AgentFileConfig.safeParse(config);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Fault('config/agent-invalid', `The options are not valid: ${problems.join('; ')}`, {
    hint: 'see `reeve agent --help`',
  });
}

/** @throws {Fault} `identity/join-token-invalid` */
export async function readInput(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const piece of input) {
    text += piece.toString();
    if (text.length <= MAX_TOKEN_BYTES) continue;
    throw new Fault('identity/join-token-invalid', 'Standard input is too long for a join token');
  }
  return text;
}

/** A service of the system has a place of its own.
 *  @see XDG Base Directory Specification; Filesystem Hierarchy Standard §5.8 */
function defaultFolder({ XDG_DATA_HOME, STATE_DIRECTORY }: NodeJS.ProcessEnv): string {
  const [own] = STATE_DIRECTORY?.split(':') ?? [];
  if (own) return own;
  if (process.getuid?.() === 0) return '/var/lib/reeve-agent';
  return join(XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'reeve-agent');
}

/** Every user of the host must reach it, and the data folder is for one alone: where there is no better place, it lies
 *  in there for want of one, and serves this user's workloads.
 *  @see Filesystem Hierarchy Standard §3.15 */
function defaultSocket({ RUNTIME_DIRECTORY }: NodeJS.ProcessEnv): string | undefined {
  const [own] = RUNTIME_DIRECTORY?.split(':') ?? [];
  if (own) return join(own, 'workload.sock');
  return process.getuid?.() === 0 ? '/run/reeve/workload.sock' : undefined;
}

function judge({ kind, fault }: AgentEnd): void {
  if (kind !== 'denied') throw fault;
  console.error(`reeve: ${fault.message}`);
  console.error('       everything that the agent held is dropped');
  process.exitCode = DENIED;
}
