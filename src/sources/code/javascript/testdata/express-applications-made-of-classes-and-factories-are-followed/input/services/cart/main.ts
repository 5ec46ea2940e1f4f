import { createServer } from '@shared/server';
import { CartController } from './cart.controller.js';

async function bootstrap(): Promise<void> {
  const app = createServer('cart');
  const controllers = [new CartController()];
  controllers.forEach((controller) => app.use(controller.path, controller.router));
  app.listen(Number(process.env.PORT ?? 8080));
}
bootstrap();
