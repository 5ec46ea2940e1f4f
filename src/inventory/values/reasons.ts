import { compareText } from '../../base/diagnostic.ts';
import type { Tag } from '../../estate/index.ts';
import { PAYLOAD_PARTS, type PayloadSamples } from '../../estate/sighting/index.ts';
import { kindNamed } from './kinds.ts';

interface Finding {
  readonly tag: string;
  readonly count: number;
  /** `card numbers in 3 of 12 responses` */
  readonly text: string;
}

/** Findings that a reason names. */
const MAX_FINDINGS = 3;

/** What samples make of an endpoint, each with how often what was found: in words, without a value. */
export function tagsOfSamples(samples: PayloadSamples | undefined): Tag[] {
  const byTag = Map.groupBy(findingsIn(samples), ({ tag }) => tag);
  return [...byTag].map(([tag, findings]) => ({ tag, because: because(findings) }));
}

/** The tags alone, sorted. */
export function tagsInSamples(samples: PayloadSamples | undefined): string[] {
  return [...new Set(findingsIn(samples).map(({ tag }) => tag))].sort();
}

/** The most frequent first. */
function findingsIn(samples: PayloadSamples | undefined): Finding[] {
  const findings = PAYLOAD_PARTS.flatMap((part) => {
    const { judged = 0, found = {} } = samples?.[part] ?? {};
    return Object.entries(found).flatMap(([name, count]): Finding[] => {
      const kind = kindNamed(name);
      if (kind === undefined || count === 0) return [];
      const whole = judged === 1 ? part.slice(0, -1) : part;
      return [{ tag: kind.tag, count, text: `${kind.words} in ${count} of ${judged} ${whole}` }];
    });
  });
  return findings.sort((a, b) => b.count - a.count || compareText(a.text, b.text));
}

function because(findings: readonly Finding[]): string {
  const texts = findings.slice(0, MAX_FINDINGS).map(({ text }) => text);
  const more = findings.length > texts.length ? ' and more' : '';
  return `found in payload samples: ${texts.join(', ')}${more}`;
}
