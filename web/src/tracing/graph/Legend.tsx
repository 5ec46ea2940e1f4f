import { EVIDENCE, type Evidence } from '../words.ts';

const RANKS = ['authenticated', 'asserted', 'none'] as const satisfies readonly Evidence[];

/** What the lines of the call graph mean. */
export function Legend() {
  return (
    <ul className="legend" aria-label="What lines mean">
      {RANKS.map((evidence) => (
        <li key={evidence} title={EVIDENCE[evidence].meaning}>
          <svg width="34" height="10" aria-hidden="true">
            <g className={`edge ${evidence}`}>
              <path className="line" d="M1 5H33" strokeWidth="2" />
            </g>
          </svg>
          {EVIDENCE[evidence].word}
        </li>
      ))}
      <li title="First seen in the last 24 hours, by a caller that was known before">
        <svg width="34" height="10" aria-hidden="true">
          <g className="edge new">
            <path className="reach" d="M1 5H33" />
          </g>
        </svg>
        new
      </li>
    </ul>
  );
}
