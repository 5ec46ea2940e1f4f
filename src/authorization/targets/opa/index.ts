export { canonicalJson } from './canonical-json.ts';
export { changedCallees, onlyOf } from './changed.ts';
export { compileOpa, OpaCompiler } from './compile.ts';
export { serviceNames } from './names.ts';
