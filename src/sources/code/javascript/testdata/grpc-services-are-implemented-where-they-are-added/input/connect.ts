import type { ConnectRouter } from '@connectrpc/connect';
import { ElizaService } from './gen/eliza_pb';
export default (router: ConnectRouter) =>
  router.service(ElizaService, {
    async say(request) {
      return {};
    },
  });
