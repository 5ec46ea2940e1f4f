import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DiscoverFlags } from '../discover.ts';
import { collected, toCount } from '../options.ts';

/** As `src/sources/access-log` names the formats of logs, and two more; written out here so that help
 *  needs nothing loaded. */
const INPUT_FORMATS = [
  'auto',
  'ndjson',
  'json',
  'combined',
  'common',
  'apache',
  'nginx',
  'envoy',
  'istio',
  'kong',
  'traefik',
  'caddy',
  'alb',
  'har',
  'otlp',
] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** `reeve discover FILE…`: endpoints learnt from logs of requests, offline. */
export function addDiscover(program: Command): void {
  program
    .command('discover')
    .argument('<files...>', 'logs, plain or gzip; `-` is standard input')
    .summary('learn endpoint templates from request logs offline')
    .description(
      'Reads logs of requests (JSON lines, combined, nginx, Envoy, Kong and more; HAR; OTLP JSON) and prints the endpoints that they show, with paths as templates. With specifications, it says which endpoints nobody has declared.',
    )
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addOption(
      new Option('--input-format <format>', 'format of the files')
        .choices([...INPUT_FORMATS])
        .default('auto'),
    )
    .option('--service <name>', 'service of logs that name none', toName)
    .option(
      '--spec <file>',
      'compare with this specification; NAME=FILE says of which service (repeatable)',
      collected,
    )
    .option('--declared <dir>', 'compare with what this repository declares')
    .option('--min-requests <count>', 'hide what was asked for less often', toCount, 1)
    .option('--payload-samples', 'judge bodies and query values for sensitive data; none is kept')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .action(async (files: string[], flags: DiscoverFlags) => {
      const { discover } = await import('../discover.ts');
      await discover(files, flags);
    });
}

function toName(text: string): string {
  if (/^[^\s\p{Cc}/]{1,200}$/u.test(text)) return text;
  throw new InvalidArgumentError('use a name without blanks and slashes.');
}
