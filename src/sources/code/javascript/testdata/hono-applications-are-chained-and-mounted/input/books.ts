import { Hono } from 'hono';
const books = new Hono<{ Bindings: object }>()
  .get('/', (c) => c.json([]))
  .post((c) => c.json({}, 201))
  .get('/:id{[0-9]+}', (c) => c.json({}));
export default books;
