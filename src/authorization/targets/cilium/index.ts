export { compileCilium } from './compile.ts';
