import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('waits for what is piped in late, having asked whether somebody types it', async () => {
  const module = JSON.stringify(new URL('./text-file.ts', import.meta.url).href);
  const code = `const { isTerminal, readText } = await import(${module});
    console.log(isTerminal(0), readText(0, 100, 'client/value-malformed'));`;
  // a pipe of a shell, as people use it: Node's own are sockets
  const line = '(sleep 1; printf "at last") | "$0" --input-type=module --eval "$1"';
  const { stdout } = await promisify(execFile)('sh', ['-c', line, process.execPath, code]);
  expect(stdout).toBe('false at last\n');
});
