import { type Command, Option } from 'commander';
import { DEFAULT_SECONDS_PER_FILE } from '../../server/stalls.ts';
import { toSeconds } from '../options.ts';
import type { ReachFlags } from '../reach/index.ts';
import { isSupervised, supervise } from '../supervise.ts';

const FORMATS = ['text', 'json', 'ndjson'];

/** `reeve reach DIR`: who can reach what, as a folder of manifests configures it, offline. */
export function addReach(program: Command): void {
  program
    .command('reach')
    .argument('<dir>', 'repository, or folder of manifests')
    .summary('who can reach what, as configured')
    .description(
      'Reads the Kubernetes objects of a folder and prints who can reach whom: by which ports, as NetworkPolicies, AdminNetworkPolicies, Ingresses and routes of gateways configure it, and by which requests, as the meshes restrict them.',
    )
    .option('--from <peer>', peerText('only what comes from'))
    .option('--to <peer>', peerText('only what goes to'))
    .addOption(new Option('--format <format>', 'how to print it').choices(FORMATS).default('text'))
    .option('--explain', 'every pair, with the rules that allow or forbid it', false)
    .addOption(
      new Option(
        '--exposure',
        'what pods that do not exist yet could reach, or be reached by, for their labels',
      )
        .default(false)
        .conflicts(['explain', 'from']),
    )
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option(
      '--seconds-per-file <seconds>',
      'how long reading one file may take before it is left out',
      toSeconds,
      DEFAULT_SECONDS_PER_FILE,
    )
    .action(async (folder: string, flags: ReachFlags & { readonly secondsPerFile: number }) => {
      if (!isSupervised()) {
        process.exitCode = await supervise(flags.secondsPerFile);
        return;
      }
      const { reach } = await import('../reach/index.ts');
      reach(folder, flags);
    });
}

function peerText(what: string): string {
  return `${what} this: namespace/name or name of a workload, namespace/*, an address or CIDR block, \`external\`, \`{ingress-controller}\``;
}
