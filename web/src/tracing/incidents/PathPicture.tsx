import { Link } from '@tanstack/react-router';
import { OUTSIDE } from '../model.ts';
import {
  clockWords,
  cut,
  EVIDENCE,
  fullWords,
  kindWords,
  OUTCOME,
  POLICY,
  partyWords,
} from '../words.ts';
import { type Path, type PathRow, pathSentence, type Step } from './path.ts';

const NODE = { width: 196, height: 36 } as const;
const ROW = 68;
const LANE = 40;
const MAX_LANES = 9;
const TEXT = 470;
const MARGIN = 10;

interface Props {
  readonly path: Path;
  /** Services in the order in which they were reached. */
  readonly services: readonly string[];
}

/** The way of an incident: each service below the one that it was reached from, with the request that did it. */
export function PathPicture({ path: { rows }, services }: Props) {
  const lanes = Math.min(MAX_LANES, Math.max(0, ...rows.map(({ depth }) => depth)));
  const width = 2 * MARGIN + lanes * LANE + NODE.width + TEXT;
  const height = rows.length * ROW + MARGIN;
  const first = rows.find(({ step }) => step !== null)?.step?.hop.time ?? '';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section className="path-window" tabIndex={0} aria-label="The way, to be scrolled">
      {/* biome-ignore lint/a11y/useSemanticElements: a set of fields is no picture */}
      <svg
        className="path"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="group"
        aria-label={`The way: ${pathSentence(services.map(partyWords))}`}
      >
        <defs>
          <marker
            id="step"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {rows.map((row, place) => (
          <Branch key={`line to ${keyOf(row)}`} row={row} place={place} rows={rows} />
        ))}
        {rows.map((row, place) => (
          <Stop key={keyOf(row)} row={row} place={place} first={first} />
        ))}
      </svg>
    </section>
  );
}

const keyOf = ({ step, service }: PathRow): string =>
  step === null ? `from ${service}` : `step ${step.number}`;
const leftOf = ({ depth }: PathRow): number => MARGIN + Math.min(depth, MAX_LANES) * LANE;
const topOf = (place: number): number => MARGIN + place * ROW;

interface BranchProps {
  readonly row: PathRow;
  readonly place: number;
  readonly rows: readonly PathRow[];
}

function Branch({ row, place, rows }: BranchProps) {
  const parent = row.parent === null ? undefined : rows[row.parent];
  if (!parent || row.parent === null || !row.step) return null;
  const x = leftOf(parent) + 16;
  const y = topOf(place) + NODE.height / 2;
  const { outcome, signs } = row.step.hop;
  return (
    <path
      className={`branch ${outcome} ${signs.length > 0 ? 'signed' : ''}`}
      d={`M${x} ${topOf(row.parent) + NODE.height}V${y - 8}Q${x} ${y} ${x + 8} ${y}H${leftOf(row) - 2}`}
      markerEnd="url(#step)"
    />
  );
}

interface StopProps {
  readonly row: PathRow;
  readonly place: number;
  readonly first: string;
}

function Stop({ row, place, first }: StopProps) {
  const { service, step, isAgain } = row;
  const [x, y] = [leftOf(row), topOf(place)];
  const name = cut(fullWords(service), 26);
  const box = (
    <>
      <title>{service}</title>
      <rect x={x} y={y} width={NODE.width} height={NODE.height} rx="7" />
      <text x={x + 11} y={y + 23}>
        {name}
      </text>
    </>
  );
  const classes = `node ${step === null ? 'origin' : ''} ${isAgain ? 'again' : ''}`;
  return (
    <>
      {service === OUTSIDE ? (
        <g className={`${classes} outside`}>{box}</g>
      ) : (
        <Link to="/graph" search={{ service, id: service }} className={classes} aria-label={name}>
          {box}
        </Link>
      )}
      <StepText step={step} x={x + NODE.width + 14} y={y} first={first} />
    </>
  );
}

interface TextProps {
  readonly step: Step | null;
  readonly x: number;
  readonly y: number;
  readonly first: string;
}

function StepText({ step, x, y, first }: TextProps) {
  if (step === null) {
    return (
      <text x={x} y={y + 23} className="dim">
        the way begins here
      </text>
    );
  }
  const { hop, number, count, lastTime } = step;
  const [evidence, policy, outcome] = [
    EVIDENCE[hop.evidence],
    POLICY[hop.policy],
    OUTCOME[hop.outcome],
  ];
  const times = clockWords(hop.time, first);
  const until = count > 1 ? ` to ${clockWords(lastTime, first)}` : '';
  return (
    <text className="step">
      <title>{`${hop.operation}\n${hop.signs.map(kindWords).join(', ')}`}</title>
      <tspan x={x} y={y + 11}>
        <tspan className="number">{number}</tspan> {cut(operationWords(hop.operation), 48)}
        {count > 1 && <tspan className="dim"> ×{count.toLocaleString('en')}</tspan>}
      </tspan>
      <tspan x={x} y={y + 29} className="dim">
        {times}
        {until} · <tspan className={evidence.tone}>{evidence.word}</tspan> ·{' '}
        <tspan className={policy.tone}>{policy.word}</tspan> ·{' '}
        <tspan className={outcome.tone}>{outcome.word}</tspan>
      </tspan>
      {hop.signs.length > 0 && (
        <tspan x={x} y={y + 46} className="bad">
          {cut(hop.signs.map(kindWords).join(', '), 62)}
        </tspan>
      )}
    </text>
  );
}

const operationWords = (operation: string): string =>
  operation === '*' ? 'any operation' : operation;
