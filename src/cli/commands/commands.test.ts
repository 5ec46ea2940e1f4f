import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands } from './index.ts';

async function namesFor(...args: string[]): Promise<string[]> {
  const program = new Command('reeve');
  await addCommands(program, args);
  return program.commands.map((command) => command.name());
}
const all = await namesFor();

describe('of the commands', () => {
  it.each(all)('%s is added where it is named, and others are not loaded for it', async (name) => {
    const names = await namesFor(name, '--help');
    expect(names).toContain(name);
    expect(names.length).toBeLessThan(all.length);
  });

  it.each([['scna'], ['help', 'scan'], ['--help'], ['--version']])(
    'all are added for %s',
    async (...args) => {
      expect(await namesFor(...args)).toEqual(all);
    },
  );
});
