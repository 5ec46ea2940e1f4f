import type { DataPath } from '../../../base/data.ts';
import { LineMap, type Position } from '../../../base/text.ts';
import type { Place, Places } from '../manifest.ts';

/** A place in a template file. */
export interface TemplatePlace {
  readonly file: string;
  readonly offset: number;
}

interface Chunk extends TemplatePlace {
  /** Where it begins in the output. */
  readonly start: number;
  /** Taken over from the template as it is, so that its lines are the template's. */
  readonly isLiteral: boolean;
}

/** Takes what templates print. */
export interface Printer {
  write(text: string, place: TemplatePlace, isLiteral: boolean): void;
}

/** What templates print, with the place in the templates that each part comes from. */
export class MappedOutput implements Printer {
  readonly #parts: string[] = [];
  readonly #chunks: Chunk[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  write(text: string, place: TemplatePlace, isLiteral: boolean): void {
    if (text === '') return;
    this.#chunks.push({ ...place, start: this.#length, isLiteral });
    this.#parts.push(text);
    this.#length += text.length;
  }

  text(): string {
    return this.#parts.join('');
  }

  /** Where in the templates an offset of the output comes from. */
  placeOf(offset: number): TemplatePlace | undefined {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#chunks[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const chunk = this.#chunks[low];
    if (!chunk) return undefined;
    const inside = chunk.isLiteral ? offset - chunk.start : 0;
    return { file: chunk.file, offset: chunk.offset + inside };
  }
}

/** Places of a document of rendered text, in the templates. */
export class RenderedPlaces implements Places {
  readonly file: string;
  readonly #document: { at(path: DataPath): Position; valueAt(path: DataPath): Position };
  readonly #output: MappedOutput;
  readonly #lines: OutputLines;
  readonly #sources: TemplateLines;

  constructor(
    file: string,
    document: { at(path: DataPath): Position; valueAt(path: DataPath): Position },
    output: MappedOutput,
    lines: OutputLines,
    sources: TemplateLines,
  ) {
    this.file = file;
    this.#document = document;
    this.#output = output;
    this.#lines = lines;
    this.#sources = sources;
  }

  at(path: DataPath): Place {
    return this.#place(this.#document.at(path));
  }

  valueAt(path: DataPath): Place {
    return this.#place(this.#document.valueAt(path));
  }

  #place(position: Position): Place {
    const place = this.#output.placeOf(this.#lines.offsetOf(position));
    return place ? this.#sources.positionOf(place) : { line: 1, column: 1 };
  }
}

/** Offsets of lines of a text. */
export class OutputLines {
  readonly #starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  offsetOf({ line, column }: Position): number {
    return (this.#starts[line - 1] ?? 0) + column - 1;
  }
}

/** The lines of template files. */
export class TemplateLines {
  readonly #texts = new Map<string, string>();
  readonly #maps = new Map<string, LineMap>();

  add(file: string, text: string): void {
    this.#texts.set(file, text);
  }

  positionOf({ file, offset }: TemplatePlace): Place {
    const lines = this.#maps.get(file) ?? new LineMap(this.#texts.get(file) ?? '');
    this.#maps.set(file, lines);
    return { file, ...lines.position(offset) };
  }
}
