export { compileKong } from './compile.ts';
