import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ManifestsFlags } from '../admission/manifests.ts';
import { withServer } from '../client.ts';
import { collected } from '../options.ts';

/** `reeve admission …`: what a cluster asks before it takes an object. */
export function addAdmission(program: Command): void {
  const admission = program
    .command('admission')
    .summary('what clusters ask before they take an object');
  withServer(
    admission
      .command('manifests')
      .summary('what registers the webhook with an API server, as YAML')
      .description(
        'Prints a ValidatingWebhookConfiguration for this server, with the authorities of its trust domain as caBundle, the right to keep that up to date, and a Service where the webhook is asked by one.',
      ),
  )
    .option('--name <name>', 'name of the ValidatingWebhookConfiguration', 'reeve-admission')
    .option('--namespace <name>', 'where Reeve runs; never judged', 'reeve')
    .option(
      '--exclude <name>',
      'another namespace that is never judged; may be repeated',
      collected,
      ['kube-system'],
    )
    .option('--url <url>', 'address of the webhook; else the Service `reeve-admission`')
    .option('--cluster <name>', 'its name in `clusters`; needed where there are several')
    .option('--no-ca-bundle', 'leave caBundle out: Reeve writes it (`admission.keepWebhook`)')
    .option('--timeout <seconds>', 'longest that the API server waits, 1 to 30', toTimeout, 10)
    .addOption(
      new Option('--mode <mode>', 'as `admission.mode` is set')
        .choices(['warn', 'deny'])
        .default('warn'),
    )
    .option('--fail', 'refuse objects while Reeve is away (failurePolicy: Fail)', false)
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .action(async (flags: ManifestsFlags) => {
      const { manifests } = await import('../admission/manifests.ts');
      await manifests(flags);
    });
}

function toTimeout(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 30) return seconds;
  throw new InvalidArgumentError('use a whole number of seconds from 1 to 30.');
}
