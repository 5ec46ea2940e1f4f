/** A segment of a template: its literal pieces, between which parameters stand. */
export interface SegmentPattern {
  /** The segment with nameless parameters: `{}.json`. */
  readonly frame: string;
  readonly pieces: readonly string[];
  readonly names: readonly string[];
  /** It stands for all segments that follow, too: `{path...}`, `{path+}`, `{*path}`, `{path:.*}`, `**`. */
  readonly takesAll: boolean;
}

const PARAMETER = /\{([^{}]*)\}/g;
const TAKES_ALL = /^\{(?:\*{1,2}[\w.-]*|[\w.-]+(?:[+*]|:path|:\.[*+])|[^{}]*\.\.\.)\}$/;

export function patternOf(segment: string): SegmentPattern {
  if (/^\*{1,2}$/.test(segment)) {
    return { frame: '{}', pieces: ['', ''], names: ['path'], takesAll: segment === '**' };
  }
  const names = [...segment.matchAll(PARAMETER)].map((match) => nameOf(match[1] ?? ''));
  const frame = segment.replace(PARAMETER, '{}');
  return { frame, pieces: frame.split('{}'), names, takesAll: TAKES_ALL.test(segment) };
}

/** `id` of `id:[0-9]+`, `path` of `*path`. */
function nameOf(text: string): string {
  return text.replace(/^\*+|[:+*?=].*$|\.\.\.$/g, '') || 'value';
}

/** Whether a segment, or a mask, can be of a pattern: every parameter takes at least a character. */
export function fits(segment: string, { pieces }: SegmentPattern): boolean {
  const last = pieces.length - 1;
  if (last === 0) return segment === pieces[0];
  const first = pieces[0] ?? '';
  const end = pieces[last] ?? '';
  if (!segment.startsWith(first) || !segment.endsWith(end)) return false;
  const limit = segment.length - end.length;
  let from = first.length + 1;
  for (const piece of pieces.slice(1, last)) {
    const at = segment.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length + 1;
  }
  return from <= limit;
}
