/** Patterns of paths as regular expressions. */
export { BREADTHS, type Breadth } from './characters.ts';
export { EMPTY, literal, type Regex } from './regex.ts';
export { type Bounds, type RenderedPaths, renderPaths } from './render.ts';
export { type Demand, type PathNode, type PathTree, type Question, toPathTree } from './tree.ts';
