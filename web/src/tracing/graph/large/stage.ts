import Sigma from 'sigma';
import { EdgeLineProgram, EdgeRectangleProgram } from 'sigma/rendering';
import type { NodeDisplayData } from 'sigma/types';
import { OUTSIDE } from '../../model.ts';
import type { Colours } from './colours.ts';
import { type Focus, lineAt, paintFocus, paintRing } from './focus.ts';
import { type Namespace, paintGrounds, paintNames } from './namespaces.ts';
import type { Drawn, EdgeLook, NodeLook } from './to-graph.ts';
import { writeName } from './write-name.ts';

/** What people do on the map. */
export interface StageEvents {
  readonly onPoint: (id: string | undefined) => void;
  readonly onService: (id: string) => void;
  readonly onEdge: (from: string, to: string) => void;
}

/** All that is drawn. */
export interface Scene {
  readonly graph: Drawn;
  readonly namespaces: readonly Namespace[];
  /** Ids of services that get a ring. */
  readonly critical: readonly string[];
  readonly colours: Colours;
  /** Another number for another map: it is looked at as a whole. */
  readonly map: number;
  /** Whether services will not move any more. */
  readonly isDone: boolean;
}

type Labelled = Pick<NodeDisplayData, 'x' | 'y' | 'size' | 'label'>;

/** The radius from which on a service is named, in pixels: few of them until the map is enlarged. */
const NAMED_FROM = 9;
const STEP = 1.5;
const PAN = 0.12;
/** Pixels about a line that belong to it. */
const REACH = 6;
const FLY_MS = 700;
/** Of all services, those that may come and go without it being another picture. */
const FEW = 0.2;

/** The canvas of a large call graph. Sigma draws services and lines with WebGL; on layers of its own, the namespaces
 *  below them, and above them what is looked at: that is redrawn with every move of the pointer, and the rest is not. */
export class Stage {
  readonly #sigma: Sigma<NodeLook, EdgeLook>;
  readonly #layers: Readonly<
    Record<'grounds' | 'rings' | 'focus' | 'names', CanvasRenderingContext2D>
  >;
  readonly #events: StageEvents;
  #scene: Scene;
  #focus: Focus | undefined;
  #pointed: string | undefined;
  /** Sigma looks at the window's size only, and a panel beside takes some of it. */
  readonly #observer = new ResizeObserver(() => this.#resize());

  /** @throws {Error} where the browser has no WebGL */
  constructor(element: HTMLElement, scene: Scene, events: StageEvents) {
    this.#scene = scene;
    this.#events = events;
    this.#sigma = new Sigma<NodeLook, EdgeLook>(scene.graph, element, {
      labelRenderedSizeThreshold: NAMED_FROM,
      edgeProgramClasses: { thin: EdgeLineProgram, thick: EdgeRectangleProgram },
      defaultDrawNodeLabel: (context, data) => this.#write(context, data),
      // what the pointer is on is drawn with all that it has to do with
      defaultDrawNodeHover: () => {},
      allowInvalidContainer: true,
      ...{ zIndex: true, hideEdgesOnMove: true, labelDensity: 0.6, labelGridCellSize: 110 },
      ...{ stagePadding: 24, minCameraRatio: 0.01, maxCameraRatio: 1.6, minEdgeThickness: 1 },
    });
    this.#layers = {
      grounds: contextOf(this.#sigma.createCanvas('grounds', { beforeLayer: 'edges' })),
      rings: contextOf(this.#sigma.createCanvas('rings', { afterLayer: 'nodes' })),
      focus: contextOf(this.#sigma.createCanvas('focus', { afterLayer: 'rings' })),
      names: contextOf(this.#sigma.createCanvas('names', { afterLayer: 'labels' })),
    };
    this.#sigma.resize(true);
    this.#fit();
    this.#sigma.on('resize', () => this.#fit());
    this.#sigma.on('afterRender', () => this.#paint());
    this.#listen();
    this.#observer.observe(element);
    this.#sigma.scheduleRender();
  }

  /** Draws another state; nobody is moved but by another map, or where a filter leaves much less, or more. */
  show(scene: Scene): void {
    const [now, then] = [scene.graph.order, this.#scene.graph.order];
    const isOther =
      scene.map !== this.#scene.map || !this.#scene.isDone || Math.abs(now - then) > FEW * then;
    const box = isOther ? null : (this.#sigma.getCustomBBox() ?? this.#sigma.getBBox());
    this.#scene = scene;
    this.#sigma.setCustomBBox(box);
    this.#sigma.setGraph(scene.graph);
  }

  /** What is looked at. */
  look(focus: Focus | undefined): void {
    this.#focus = focus;
    this.#repaint();
  }

  /** Brings a service, or a relationship, to the middle. */
  fly(ids: readonly string[], isAtOnce: boolean): void {
    const spots = ids.flatMap((id) => this.#sigma.getNodeDisplayData(id) ?? []);
    if (spots.length === 0) return;
    const [xs, ys] = [spots.map(({ x }) => x), spots.map(({ y }) => y)];
    const wide = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
    const near = Math.min(0.6, Math.max(0.08, 9 / Math.sqrt(this.#scene.graph.order)));
    const middle = (all: readonly number[]) => (Math.min(...all) + Math.max(...all)) / 2;
    const camera = this.#sigma.getCamera();
    const ratio = Math.max(Math.min(near, camera.getState().ratio), 1.4 * wide);
    this.#move({ x: middle(xs), y: middle(ys), ratio }, isAtOnce);
  }

  zoom(isIn: boolean): void {
    const { ratio } = this.#sigma.getCamera().getState();
    this.#move({ ratio: isIn ? ratio / STEP : ratio * STEP });
  }

  pan(right: number, down: number): void {
    const { x, y, ratio } = this.#sigma.getCamera().getState();
    this.#move({ x: x + right * PAN * ratio, y: y - down * PAN * ratio }, true);
  }

  whole(): void {
    this.#move({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
  }

  end(): void {
    this.#observer.disconnect();
    this.#sigma.kill();
  }

  #move(state: { x?: number; y?: number; ratio?: number; angle?: number }, isAtOnce = false): void {
    const camera = this.#sigma.getCamera();
    const isStill = isAtOnce || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (isStill) camera.setState(state);
    else void camera.animate(state, { duration: FLY_MS });
  }

  #listen(): void {
    const point = (id: string | undefined): void => {
      this.#pointed = id;
      this.#events.onPoint(id);
      this.#repaint();
    };
    this.#sigma.on('enterNode', ({ node }) => point(node));
    this.#sigma.on('leaveNode', () => point(undefined));
    this.#sigma.on('clickNode', ({ node }) => {
      // nobody knows anything of it
      if (node !== OUTSIDE) this.#events.onService(node);
    });
    this.#sigma.on('clickStage', ({ event }) => {
      const { graph } = this.#scene;
      const found = this.#focus && lineAt(graph, this.#focus, this.#place, event, REACH);
      if (found) this.#events.onEdge(found.from, found.to);
    });
  }

  /** Where a service is on the canvas, in pixels. */
  readonly #place = (id: string): { x: number; y: number } => {
    const spot = this.#sigma.getNodeDisplayData(id);
    return spot ? this.#sigma.framedGraphToViewport(spot) : { x: 0, y: 0 };
  };

  #write(context: CanvasRenderingContext2D, { x, y, size, label }: Labelled): void {
    if (label)
      writeName(context, label, { x: x + size + 3, y, isMain: false }, this.#scene.colours);
  }

  #paint(): void {
    const { namespaces, critical, colours } = this.#scene;
    const toPixels = (x: number, y: number) => this.#sigma.graphToViewport({ x, y });
    const { width, height } = this.#sigma.getDimensions();
    const layers = { width, height, toPixels, colours };
    paintGrounds(this.#layers.grounds, namespaces, layers);
    paintNames(this.#layers.names, namespaces, layers);
    this.#layers.rings.clearRect(0, 0, width, height);
    for (const id of critical) this.#ring(id);
    this.#repaint();
  }

  /** About a critical service. */
  #ring(id: string): void {
    const { graph, colours } = this.#scene;
    if (!graph.hasNode(id)) return;
    const { x, y } = this.#place(id);
    const radius = this.#sigma.scaleSize(graph.getNodeAttribute(id, 'size')) + 2.5;
    paintRing(this.#layers.rings, { x, y, radius, width: 1.5, colour: colours.text });
  }

  /** Only what is looked at. */
  #repaint(): void {
    const { graph, colours } = this.#scene;
    const focus: Focus | undefined =
      this.#pointed === undefined ? this.#focus : { service: this.#pointed };
    const isSeen = paintFocus(this.#layers.focus, graph, focus, {
      ...this.#sigma.getDimensions(),
      place: this.#place,
      sizeOf: (id) => this.#sigma.scaleSize(graph.getNodeAttribute(id, 'size')),
      colours,
    });
    this.#sigma.getContainer().classList.toggle('focused', isSeen);
  }

  #resize(): void {
    const { width, height } = this.#sigma.getDimensions();
    const { offsetWidth, offsetHeight } = this.#sigma.getContainer();
    // drawing all anew is dear
    if (width === offsetWidth && height === offsetHeight) return;
    this.#sigma.resize();
    this.#sigma.scheduleRefresh();
  }

  /** Layers are as large as those of sigma, and as sharp. */
  #fit(): void {
    const { width, height } = this.#sigma.getDimensions();
    for (const context of Object.values(this.#layers)) {
      context.canvas.width = width * devicePixelRatio;
      context.canvas.height = height * devicePixelRatio;
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    }
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws nothing');
  return context;
}
