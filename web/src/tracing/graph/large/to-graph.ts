import Graph from 'graphology';
import { cut, partyWords } from '../../words.ts';
import { type Colours, groupColour, multiplied, rgbOf } from './colours.ts';
import type { Columns } from './columns.ts';
import { isMarked, LINES, type Line } from './lines.ts';
import type { Spots } from './map/arrange.ts';
import { groupsOf } from './map/groups.ts';

/** What sigma draws. */
export type Drawn = Graph<NodeLook, EdgeLook>;

export interface NodeLook {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly color: string;
  readonly label: string;
}

export interface EdgeLook {
  readonly type: 'thin' | 'thick';
  readonly size: number;
  readonly color: string;
  readonly zIndex: number;
  readonly line: Line;
}

const LETTERS = 40;

/** Services as dots and relationships as lines, as sigma takes them. Who calls himself has no line: the table tells it. */
export function toGraph(
  columns: Columns,
  spots: Spots,
  lines: readonly Line[],
  colours: Colours,
): Drawn {
  const graph: Drawn = new Graph({ type: 'directed' });
  const { ids, from, to } = columns;
  const dots = dotColours(ids, colours);
  const sizeOf = dotSizes(columns);
  for (const [place, id] of ids.entries()) {
    graph.addNode(id, {
      ...{ x: spots[2 * place] ?? 0, y: -(spots[2 * place + 1] ?? 0) },
      ...{
        size: sizeOf(place),
        color: dots[place] ?? colours.dim,
        label: cut(partyWords(id), LETTERS),
      },
    });
  }
  const looks = lineLooks(columns, colours);
  for (const [edge, line] of lines.entries()) {
    const [caller, callee] = [ids[from[edge] ?? 0], ids[to[edge] ?? 0]];
    if (caller !== callee) graph.addDirectedEdge(caller, callee, looks[line]);
  }
  return graph;
}

function dotColours(ids: readonly string[], colours: Colours): string[] {
  const dots: string[] = [];
  for (const { key, members } of groupsOf(ids)) {
    const colour = groupColour(key, colours);
    for (const member of members) dots[member] = colour;
  }
  return dots;
}

/** By how much is asked, in powers of ten; smaller where there are more of them. */
function dotSizes({ ids, requests }: Columns): (place: number) => number {
  const most = Math.log10(requests.reduce((a, b) => Math.max(a, b), 10));
  const [smallest, largest] = dotRange(ids.length);
  return (place) => {
    const share = Math.log10(Math.max(1, requests[place] ?? 0)) / most;
    return smallest + (largest - smallest) * share ** 2;
  };
}

/** Pixels, of so many services. */
export function dotRange(count: number): readonly [smallest: number, largest: number] {
  const room = roomOf(count);
  return [0.6 + 2.4 * room, 2.5 + 7.5 * room];
}

/** How much room each has, 1 up to a thousand services. */
const roomOf = (count: number): number => Math.min(1, Math.sqrt(1_000 / Math.max(1, count)));

/** Lines by what they say: the more there are, the less is to be seen of each; but of what is unusual. */
function lineLooks({ ids, from }: Columns, { lines }: Colours): Readonly<Record<Line, EdgeLook>> {
  const faint = Math.max(0.07, Math.min(0.4, 12 / Math.sqrt(Math.max(1, from.length))));
  const thick = 1.1 + 1.5 * roomOf(ids.length);
  const look = (line: Line, zIndex: number): EdgeLook => {
    const isThick = isMarked(line);
    const color = multiplied(rgbOf(lines[line]), isThick ? 0.9 : faint);
    return { type: isThick ? 'thick' : 'thin', size: isThick ? thick : 1, color, zIndex, line };
  };
  const looks = LINES.map((line, place) => [line, look(line, place)] as const);
  return Object.fromEntries(looks) as Record<Line, EdgeLook>;
}
