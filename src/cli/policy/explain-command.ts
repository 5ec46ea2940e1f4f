import { type Command, Option } from 'commander';
import { supervised, withFolder } from './folder-command.ts';

/** `reeve policy explain DIR CALL`: why a call is allowed, or what would allow it. */
export function addExplain(policy: Command): void {
  withFolder(
    policy
      .command('explain')
      .argument('<dir>', 'repository')
      .argument('<call>', 'as in tests: "web -> orders GET /orders/42"')
      .summary('why a call is allowed, or what would allow it')
      .addOption(
        new Option('--format <format>', 'how to print it')
          .choices(['text', 'json'])
          .default('text'),
      )
      .addOption(
        new Option('--proof <proof>', 'how the caller proves who it is')
          .choices(['mtls', 'token'])
          .default('mtls'),
      ),
  ).action(supervised(async () => (await import('./explain.ts')).explainCall));
}
