import { grouped } from '../../../names.ts';
import { EVIDENCE } from '../../words.ts';
import { isMarked, LINES, type Line } from './lines.ts';

const SAID: Readonly<Record<Line, { readonly word: string; readonly meaning: string }>> = {
  ...EVIDENCE,
  new: {
    word: 'new',
    meaning: 'First seen in the last 24 hours, by a caller that was known before.',
  },
  refused: { word: 'refused', meaning: 'Requests of it were denied.' },
  incident: {
    word: 'in an open incident',
    meaning: 'On the way of an open incident, and seen since that began.',
  },
};

/** What the lines of the map mean, and how many there are of each. */
export function LineLegend({ counts }: { readonly counts: ReadonlyMap<Line, number> }) {
  return (
    <ul className="legend" aria-label="What lines mean">
      {LINES.map((line) => (
        <li key={line} title={SAID[line].meaning}>
          <svg width="26" height="10" aria-hidden="true">
            <path
              className={`swatch ${line}`}
              d="M1 5H25"
              strokeWidth={isMarked(line) ? 3.5 : 1.5}
            />
          </svg>
          {SAID[line].word} <span className="dim">{grouped(counts.get(line) ?? 0)}</span>
        </li>
      ))}
      <li title="A critical service, as the inventory has it.">
        <svg width="16" height="14" aria-hidden="true">
          <circle className="swatch critical" cx="8" cy="7" r="5.5" />
        </svg>
        critical
      </li>
    </ul>
  );
}
