export { compileOpa } from './compile.ts';
export { serviceNames } from './names.ts';
