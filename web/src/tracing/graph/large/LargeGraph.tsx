import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { counted } from '../../../names.ts';
import type { ListSearch } from '../../../router.tsx';
import { TracingProblem } from '../../TracingProblem.tsx';
import type { Columns } from './columns.ts';
import type { Focus } from './focus.ts';
import { LineLegend } from './LineLegend.tsx';
import { countLines, type Line, linesOf } from './lines.ts';
import { namespacesOf } from './namespaces.ts';
import { PointedCard } from './PointedCard.tsx';
import { ServiceList } from './ServiceList.tsx';
import type { Scene, Stage } from './stage.ts';
import { toGraph } from './to-graph.ts';
import { useColours } from './use-colours.ts';
import { useColumns } from './use-columns.ts';
import { useCritical, useOpenWays } from './use-known.ts';
import { useSpots } from './use-spots.ts';
import { useStage } from './use-stage.ts';

interface Props {
  /** As the address of the page has them. */
  readonly filters: ListSearch;
  readonly search: ListSearch;
  /** The browser cannot draw it. */
  readonly onFail: () => void;
}

/** A call graph of more services than can be drawn one by one: a map of namespaces, to be flown over. */
export function LargeGraph({ filters, search, onFail }: Props) {
  const { data, error } = useColumns(filters);
  return (
    <>
      {error && <TracingProblem error={error} />}
      {!data && !error && <p className="dim">Reading the whole graph …</p>}
      {data && <GraphMap columns={data} search={search} onFail={onFail} />}
    </>
  );
}

interface MapProps extends Pick<Props, 'search' | 'onFail'> {
  readonly columns: Columns;
}

function GraphMap({ columns, search, onFail }: MapProps) {
  const navigate = useNavigate();
  const frame = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<string>();
  const { id: _, from: __, to: ___, ...rest } = search;
  const go = (place: ListSearch) =>
    void navigate({ to: '/graph', search: { ...rest, ...place }, resetScroll: false });
  const { scene, lines } = useScene(columns);
  const stage = useStage({
    ...{ frame, scene, focus: focusOf(search), onFail },
    events: {
      onPoint: setPointed,
      onService: (id) => go({ id }),
      onEdge: (from, to) => go({ from, to }),
    },
  });
  const counts = useMemo(() => countLines(lines), [lines]);
  const { ids, from, edgeCount } = columns;
  return (
    <>
      {edgeCount > from.length && (
        <p className="warning">
          Only a part is drawn: {counted(from.length, 'relationship')} with most requests. Choose a
          namespace, or a service, to see everything around it.
        </p>
      )}
      <figure className="graph large" aria-label="Call graph">
        <div className="graph-tools">
          <LineLegend counts={counts} />
          <Zoom stage={stage} />
        </div>
        <div className="map-and-list">
          <section
            className="map"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what is moved by the pointer is moved by keys, too
            tabIndex={0}
            aria-label={`Map of ${counted(ids.length, 'service')} and ${counted(from.length, 'relationship')}, moved by the arrow keys; the list has the same services`}
            onKeyDown={(event) => moveBy(event, stage.current)}
          >
            <div ref={frame} className="map-canvas" />
            {!scene?.isDone && (
              <p className="map-note" role="status">
                Finding places …
              </p>
            )}
            {pointed !== undefined && <PointedCard id={pointed} columns={columns} />}
          </section>
          <ServiceList columns={columns} search={search} />
        </div>
      </figure>
    </>
  );
}

interface Seen {
  /** Undefined until services have places. */
  readonly scene: Scene | undefined;
  readonly lines: readonly Line[];
}

function useScene(wanted: Columns): Seen {
  const colours = useColours();
  const ways = useOpenWays();
  const critical = useCritical();
  const placed = useSpots(wanted);
  // the last ones that have places
  const columns = placed?.columns ?? wanted;
  const lines = useMemo(() => linesOf(columns, ways), [columns, ways]);
  const scene = useMemo(() => {
    if (!placed) return undefined;
    const { spots, map, share } = placed;
    return {
      graph: toGraph(placed.columns, spots, lines, colours),
      namespaces: namespacesOf(placed.columns.ids, spots, colours),
      ...{ critical, colours, map, isDone: share === 1 },
    };
  }, [lines, colours, critical, placed]);
  return { scene, lines };
}

function focusOf({ id, from, to }: ListSearch): Focus | undefined {
  if (from !== undefined && to !== undefined) return { from, to };
  return id ? { service: id } : undefined;
}

const KEYS: Readonly<Record<string, (stage: Stage) => void>> = {
  ArrowLeft: (stage) => stage.pan(-1, 0),
  ArrowRight: (stage) => stage.pan(1, 0),
  ArrowUp: (stage) => stage.pan(0, -1),
  ArrowDown: (stage) => stage.pan(0, 1),
  '+': (stage) => stage.zoom(true),
  '-': (stage) => stage.zoom(false),
  '0': (stage) => stage.whole(),
};

function moveBy(event: KeyboardEvent, stage: Stage | null): void {
  const move = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
  if (!move || !stage || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  move(stage);
}

function Zoom({ stage }: { readonly stage: { readonly current: Stage | null } }) {
  return (
    <span className="zoom">
      <button type="button" aria-label="Smaller" onClick={() => stage.current?.zoom(false)}>
        −
      </button>
      <button type="button" aria-label="Larger" onClick={() => stage.current?.zoom(true)}>
        +
      </button>
      <button type="button" onClick={() => stage.current?.whole()}>
        Whole
      </button>
    </span>
  );
}
