import { painterFor } from '../../terminal.ts';
import { toGithub } from './github.ts';
import { toJson } from './json.ts';
import { toJunit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import type { CheckReport } from './report.ts';
import { toSarif } from './sarif.ts';
import { toText } from './text.ts';

export { toReport } from './report.ts';

/** Where a report goes: standard output unless a file is named. */
interface Destination {
  readonly output?: string;
}

/** What renders a report, by the name of its format. */
export const FORMATS = {
  text: (report: CheckReport, { output }: Destination) =>
    toText(report, painterFor(output === undefined ? process.stdout : {}, process.env)),
  markdown: toMarkdown,
  json: toJson,
  sarif: toSarif,
  junit: toJunit,
  github: toGithub,
} as const;
