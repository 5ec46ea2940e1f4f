import { type Colours, rgbOf, withAlpha } from './colours.ts';

interface Where {
  /** The left end, half-way up; pixels. */
  readonly x: number;
  readonly y: number;
  readonly isMain: boolean;
}

/** Writes the name of a service so that it can be read over lines and dots. */
export function writeName(
  context: CanvasRenderingContext2D,
  name: string,
  { x, y, isMain }: Where,
  { card, text }: Colours,
): void {
  context.font = isMain ? '650 14px system-ui, sans-serif' : '12px system-ui, sans-serif';
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3.5;
  context.strokeStyle = withAlpha(rgbOf(card), 0.8);
  context.strokeText(name, x, y);
  context.fillStyle = text;
  context.fillText(name, x, y);
}
