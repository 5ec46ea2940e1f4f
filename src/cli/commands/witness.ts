import { type Command, InvalidArgumentError } from 'commander';
import { collected } from '../options.ts';
import type { WitnessFlags } from '../witness.ts';

/** `reeve witness`: signs the audit logs of others, as long as they only grow. */
export function addWitness(program: Command): void {
  program
    .command('witness')
    .summary('sign the audit logs of servers, as long as they only grow')
    .description(
      'Runs a witness (C2SP tlog-witness) on a machine of its own: a log that was cut or rewritten, even by somebody who has its key, gets no signature any more. Give its key to the server (`audit.witnesses`).',
    )
    .requiredOption(
      '--log <key>',
      'public key of a log (`reeve audit log`); may be repeated',
      collected,
    )
    .requiredOption('--data <dir>', 'folder of the key, and of what was signed')
    .option('--name <name>', 'name of the witness', 'reeve-witness')
    .option('--listen <address>', 'HOST:PORT', toAddress, { host: '127.0.0.1', port: 7074 })
    .option('--tls-cert <file>', 'certificate chain, PEM; needed beyond loopback')
    .option('--tls-key <file>', 'its private key, PEM')
    .action(async (flags: WitnessFlags) => (await import('../witness.ts')).witness(flags));
}

function toAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5})$/i.exec(text) ?? [];
  if (host !== '' && Number(port) <= 65_535) {
    return { host: host.replaceAll(/[[\]]/g, ''), port: Number(port) };
  }
  throw new InvalidArgumentError('write it as 127.0.0.1:7074.');
}
