export {
  EVERY_METHOD,
  isWide,
  type OperationPattern,
  operationText,
  parseOperation,
  toOperationPattern,
} from './operation-pattern.ts';
export * from './paths.ts';
export { samplePath, sampleRequest } from './sample-request.ts';
