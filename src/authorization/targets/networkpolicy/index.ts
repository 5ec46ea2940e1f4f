export { compileNetworkPolicy } from './compile.ts';
