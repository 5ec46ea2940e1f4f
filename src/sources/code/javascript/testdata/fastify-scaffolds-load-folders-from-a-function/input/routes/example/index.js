module.exports = async function (fastify, opts) {
  fastify.get('/', async function (request, reply) { return 'x' })
  fastify.post('/:id', async function (request, reply) { return 'x' })
}
