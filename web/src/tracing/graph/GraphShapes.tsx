import { Link } from '@tanstack/react-router';
import type { ListSearch } from '../../router.tsx';
import { OUTSIDE } from '../model.ts';
import { cut } from '../words.ts';
import { type Layout, lineOf, NODE } from './layout.ts';
import type { ShownEdge, ShownNode } from './picture.ts';

/** Heads of lines, in the colour of each rank of evidence. */
export function Arrows() {
  return (
    <defs>
      {(['authenticated', 'asserted', 'none'] as const).map((evidence) => (
        <marker
          key={evidence}
          id={`arrow-${evidence}`}
          className={`arrow ${evidence}`}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerUnits="userSpaceOnUse"
          markerWidth="9"
          markerHeight="9"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8z" />
        </marker>
      ))}
    </defs>
  );
}

interface EdgeProps {
  readonly shown: ShownEdge;
  readonly layout: Layout;
  readonly search: ListSearch;
  /** The service that the pointer, or the focus, is on. */
  readonly pointed: string | undefined;
}

/** One relationship, leading to its numbers. */
export function EdgeLine({ shown, layout, search, pointed }: EdgeProps) {
  const { edge, isNew, weight, mark, title } = shown;
  const [from, to] = [layout.spots.get(edge.from), layout.spots.get(edge.to)];
  // who calls himself is told by the table
  if (!from || !to || from === to) return null;
  const { path, middle } = lineOf(from, to);
  const { id: _, ...rest } = search;
  const isLookedAt = search.from === edge.from && search.to === edge.to;
  const service = pointed ?? search.id;
  const isOfService = service === edge.from || service === edge.to;
  const isAside = !isLookedAt && !isOfService && (service ?? search.from) !== undefined;
  const classes = [
    'edge',
    edge.evidence,
    isNew && 'new',
    (isLookedAt || isOfService) && 'current',
    isAside && 'aside',
  ];
  return (
    <Link
      to="/graph"
      search={{ ...rest, from: edge.from, to: edge.to }}
      resetScroll={false}
      tabIndex={-1}
      className={classes.filter(Boolean).join(' ')}
    >
      <title>{title}</title>
      <path className="reach" d={path} />
      <path
        className="line"
        d={path}
        strokeWidth={weight}
        markerEnd={`url(#arrow-${edge.evidence})`}
      />
      {mark !== '' && (
        <text x={middle.x} y={middle.y - 5} className={edge.denied > 0 ? 'mark bad' : 'mark'}>
          {mark}
        </text>
      )}
    </Link>
  );
}

interface NodeProps {
  readonly node: ShownNode;
  readonly layout: Layout;
  readonly search: ListSearch;
  readonly onPoint: (id: string | undefined) => void;
}

const NAME_LETTERS = 22;
const UNDER_LETTERS = 27;

/** One service, leading to what is usual for it. */
export function NodeBox({ node, layout, search, onPoint }: NodeProps) {
  const { id, kind, name, under, title } = node;
  const spot = layout.spots.get(id);
  if (!spot) return null;
  const box = (
    <>
      <title>{title}</title>
      <rect x={spot.x} y={spot.y} width={NODE.width} height={NODE.height} rx="7" />
      <text x={spot.x + 10} y={spot.y + 16}>
        {cut(name, NAME_LETTERS)}
      </text>
      <text x={spot.x + 10} y={spot.y + 30} className="under">
        {cut(under, UNDER_LETTERS)}
      </text>
    </>
  );
  if (id === OUTSIDE) return <g className="node outside">{box}</g>;
  const { from: _, to: __, ...rest } = search;
  return (
    <Link
      to="/graph"
      search={{ ...rest, id }}
      resetScroll={false}
      className={`node ${kind}`}
      aria-current={search.id === id ? 'true' : undefined}
      aria-label={name}
      onPointerEnter={() => onPoint(id)}
      onPointerLeave={() => onPoint(undefined)}
      onFocus={() => onPoint(id)}
      onBlur={() => onPoint(undefined)}
    >
      {box}
    </Link>
  );
}
