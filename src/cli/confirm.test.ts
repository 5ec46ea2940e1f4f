import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from './confirm.ts';

/** A terminal at which somebody types an answer. */
function terminal(answer: string, isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  let shown = '';
  output.on('data', (part) => {
    shown += part;
  });
  input.end(`${answer}\n`);
  return { input, output, shown: () => shown };
}

describe('what cannot be taken back', () => {
  it.each(['y', 'Y', 'yes', ' yes '])('is done after the answer %j', async (answer) => {
    const at = terminal(answer);
    await confirm({}, 'It ends.', at);
    expect(at.shown()).toContain('It ends. Go on? [y/N] ');
  });

  it.each(['', 'n', 'no', 'yesterday'])('is not done after the answer %j', async (answer) => {
    await expect(confirm({}, 'It ends.', terminal(answer))).rejects.toMatchObject({
      code: 'client/confirmation-invalid',
    });
  });

  it('is done without asking where that is said, and where nobody sits', async () => {
    const [said, script] = [terminal('n'), terminal('n', false)];
    await confirm({ yes: true }, 'It ends.', said);
    await confirm({}, 'It ends.', script);
    expect([said.shown(), script.shown()]).toEqual(['', '']);
  });

  it('is asked about without what would move the cursor', async () => {
    const at = terminal('y');
    await confirm({}, 'It ends \u001b[2J here.', at);
    expect(at.shown()).not.toContain('\u001b[2J');
  });
});
