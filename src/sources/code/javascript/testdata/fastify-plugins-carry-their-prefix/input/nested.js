module.exports = async (fastify) => {
  fastify.get('/deep', async () => ({}));
};
