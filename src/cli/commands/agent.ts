import { type Command, Option } from 'commander';
import type { AgentFlags } from '../agent/run.ts';
import { collected } from '../options.ts';

/** `reeve agent`: the identities of one host, until a signal ends it. */
export function addAgent(program: Command): void {
  program
    .command('agent')
    .summary('hand out the identities of this host')
    .description(
      'Joins a server and serves the SPIFFE Workload API to the workloads of this host: every one is attested here, gets its identity as the server issues it, and keeps it while the server is away. Ctrl-C ends it.',
    )
    .option(
      '--server <host:port>',
      'where the server listens to agents (else `server` of the file)',
    )
    .option('--trust-domain <name>', 'trust domain of the server, such as example.org')
    .option('--data <dir>', 'data folder, which holds the identity of the agent')
    .option(
      '--socket <path>',
      'Unix socket of the Workload API (else /run/reeve/workload.sock for root, and in the data folder)',
    )
    .option('--config <file>', 'configuration file (docs/agent-configuration.md)')
    .option(
      '--join-token-file <file>',
      'file with the token to join with, `-` for standard input (else REEVE_JOIN_TOKEN)',
    )
    .option('--kubernetes-token-file <file>', 'or a projected service account token')
    .option(
      '--node <name>',
      'node of Kubernetes that this is: workloads are attested by their pods',
    )
    .option('--trust-bundle <file>', 'what the server is known by at first: SPIFFE bundle or PEM')
    .option(
      '--trust-bundle-sha256 <hash>',
      'or the SHA-256 of the public key of an authority of it (repeatable)',
      collected,
    )
    .option('--insecure-bootstrap', 'or believe whoever answers first')
    .addOption(
      new Option('--format <format>', 'how the start is told')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(async (flags: AgentFlags) => {
      const { agent } = await import('../agent/run.ts');
      await agent(flags);
    });
}
