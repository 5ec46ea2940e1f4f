import { LINES, type Line } from './lines.ts';
import { OUTSIDE_KEY } from './map/groups.ts';
import { seedOf } from './map/seed.ts';

/** Colours of the map, as WebGL takes them: `rgba(r, g, b, a)`. */
export interface Colours {
  readonly isDark: boolean;
  readonly text: string;
  readonly dim: string;
  readonly card: string;
  readonly accent: string;
  readonly lines: Readonly<Record<Line, string>>;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** The colour of a namespace: of its name alone, so that it stays whatever else there is. */
export function groupColour(key: string, { isDark, dim }: Pick<Colours, 'isDark' | 'dim'>): string {
  if (key === OUTSIDE_KEY) return dim;
  // not the seed of its place: neighbours are to be told apart
  const hue = 360 * seedOf(`${key} hue`);
  const shade = 0.09 * seedOf(`${key} shade`);
  return isDark ? fromHsl(hue, 0.5, 0.58 + shade) : fromHsl(hue, 0.5, 0.38 + shade);
}

/** @see CSS Color 4 §7.1 */
function fromHsl(hue: number, saturation: number, lightness: number): string {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const part = (offset: number): number => {
    const at = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(at - 3, 9 - at, 1))));
  };
  return withAlpha([part(0), part(8), part(4)], 1);
}

/** A colour as `getComputedStyle` tells it: `rgb(1, 2, 3)`. */
export function rgbOf(computed: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (computed.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

export function withAlpha([red, green, blue]: Rgb, alpha: number): string {
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

/** The same as sigma blends it: it takes colours for multiplied by their alpha. */
export function multiplied([red, green, blue]: Rgb, alpha: number): string {
  const part = (value: number) => Math.round(value * alpha);
  return withAlpha([part(red), part(green), part(blue)], alpha);
}

/** Reads the colours of the page, which are those of its theme. */
export function readColours(root: HTMLElement): Colours {
  const probe = root.appendChild(document.createElement('span'));
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return withAlpha(rgbOf(getComputedStyle(probe).color), 1);
  };
  const colours = {
    isDark: matchMedia('(prefers-color-scheme: dark)').matches,
    ...{ text: read('text'), dim: read('dim'), card: read('card'), accent: read('accent') },
    lines: Object.fromEntries(LINES.map((line) => [line, read(`line-${line}`)])) as Record<
      Line,
      string
    >,
  };
  probe.remove();
  return colours;
}
