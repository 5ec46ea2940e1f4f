module.exports = (app, db) => {
  app.get('/books/:id', async (req, res) => res.json(await db.get('/x', 1)));
};
