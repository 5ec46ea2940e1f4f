import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import { observationLines } from '../observation-lines.ts';
import { readFolder } from '../read.ts';
import { coreReader, kubernetes } from './index.ts';

const TESTDATA = join(import.meta.dirname, 'testdata');

describe('the kubernetes reader', () => {
  it.each(readdirSync(TESTDATA))('reads %s as its golden file says', async (name) => {
    const folder = join(TESTDATA, name);
    const { observations, diagnostics } = readFolder(new Folder(join(folder, 'input')), [
      kubernetes([coreReader]),
    ]);
    const told = diagnostics.map(
      ({ severity, code, file, line, message }) => `${severity} ${code} ${file}:${line} ${message}`,
    );
    const text = `${[observationLines(observations), ...told].join('\n')}\n`;
    await expect(text).toMatchFileSnapshot(join(folder, 'want'));
  });
});
