export default async function (app, opts) {
  app.get('/', list).post('/', { schema: { body: { properties: { email: {}, name: {} } } } }, list);
  app.all('/:id', list);
}
async function list() {}
