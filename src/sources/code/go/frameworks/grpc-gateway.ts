import type { Framework } from '../../interpreter/framework.ts';
import { textsOf, textValue, UNKNOWN } from '../../interpreter/value.ts';

/** Paths that are put beside those of a gRPC gateway's services.
 *  @see grpc-gateway: runtime.ServeMux, HandlePath */

const SYNTAX = 'brace';

export const grpcGateway: Framework = {
  externals: {
    'github.com/grpc-ecosystem/grpc-gateway/runtime.NewServeMux': (call, { book }) =>
      book.router('grpc-gateway', call.place, SYNTAX, { isApplication: true }),
  },
  routers: {
    'grpc-gateway': {
      syntax: SYNTAX,
      methods: {
        HandlePath: (router, call, { book, interpreter }) => {
          const [method, path = UNKNOWN] = call.positional;
          // `{name=shelves/*}` is a parameter with a pattern.
          const plain =
            path.is === 'text'
              ? textValue(path.text.replaceAll(/=[^{}]*\}/g, '}'), path.place)
              : path;
          book.route(router, 'grpc-gateway', textsOf(method), plain, SYNTAX, call.place);
          interpreter.effect();
          return UNKNOWN;
        },
      },
    },
  },
  types: { 'github.com/grpc-ecosystem/grpc-gateway/runtime.ServeMux': 'grpc-gateway' },
};
