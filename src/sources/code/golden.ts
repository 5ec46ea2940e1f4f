import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import type { Observation } from '../../estate/index.ts';
import { readFolder } from '../read.ts';
import type { Reader } from '../reader.ts';

/** One test for each folder of `testdata`: what the reader makes of `input` is written in `want`,
 *  a line for an observation. Names of folders are read as sentences. For tests only. */
export function testGolden(reader: Reader, testdata: string): void {
  for (const name of readdirSync(testdata).sort()) {
    it(name.replaceAll('-', ' '), () => {
      const got = describeFolder(reader, join(testdata, name, 'input'));
      const want = join(testdata, name, 'want');
      // A missing file is written once, to be read and corrected by a person.
      if (!existsSync(want)) writeFileSync(want, got);
      expect(got).toBe(readFileSync(want, 'utf8'));
    });
  }
}

/** What a reader finds in a folder, as text: one line each, in order. */
export function describeFolder(reader: Reader, folder: string): string {
  const { observations, diagnostics } = readFolder(new Folder(folder), [reader]);
  const lines = observations.map(describe).sort();
  for (const { severity, code, file, line, column } of diagnostics) {
    lines.push(`${severity} ${code} ${file}:${line}:${column}`);
  }
  return `${lines.join('\n')}\n`;
}

function describe(observation: Observation): string {
  const { source } = observation;
  const place = `${source.file}:${source.line}:${source.column}`;
  const words = [place, source.reader, ...wordsOf(observation)];
  const subject = 'subject' in observation ? observation.subject : undefined;
  if (subject?.by === 'place' && subject.file !== source.file) words.push(`by ${subject.file}`);
  return words.join(' ');
}

function wordsOf(observation: Observation): string[] {
  switch (observation.kind) {
    case 'endpoint': {
      const { protocol, method, template, fields, security, deprecated, operational } = observation;
      const words = [protocol, method, template];
      if (fields !== undefined) words.push(`(${fields.join(', ')})`);
      if (security !== undefined) words.push(`security ${security}`);
      if (deprecated) words.push('deprecated');
      if (operational) words.push('operational');
      return words;
    }
    case 'implementation':
      return ['implements', observation.interface];
    case 'call':
      return ['calls', JSON.stringify(observation.to), observation.operation ?? '*'];
    case 'variable-use':
      return ['names', ...observation.names];
    default:
      return [observation.kind];
  }
}
