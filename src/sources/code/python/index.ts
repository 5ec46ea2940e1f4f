import type { Reader } from '../../reader.ts';
import { observeGrpc } from '../interpreter/grpc.ts';
import { observeRoutes } from '../observe.ts';
import { isProductionSource } from '../parse.ts';
import { PythonProgram } from './program.ts';

/** Words without which a file registers no routes; what it needs of other files is loaded. */
const HINTS =
  /\b(?:flask\w*|quart|fastapi|APIRouter|starlette|apiflask|sanic|bottle|aiohttp|tornado|django|rest_framework|ninja|urlpatterns|Blueprint)\b/;
const SERVICER = /\badd_(\w+?)Servicer_to_server\s*\(/g;

/** Reads the routes of Flask, Quart, Sanic, Bottle, FastAPI, Starlette, Django with REST framework
 *  or Ninja, aiohttp and Tornado, and registrations of gRPC services. */
export const python: Reader = {
  name: 'python',
  wants: (path) => path.endsWith('.py') && isProductionSource(path),
  start(context) {
    const files: string[] = [];
    return {
      read(file) {
        if (HINTS.test(file.text)) files.push(file.path);
        observeGrpc(file, context, SERVICER, 1);
      },
      finish() {
        if (files.length > 0) observeRoutes(context, new PythonProgram(context).run(files));
      },
    };
  },
};
