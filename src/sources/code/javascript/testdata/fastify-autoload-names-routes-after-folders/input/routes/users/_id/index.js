export default async function (fastify) {
  fastify.get('/posts', async () => 1);
}
