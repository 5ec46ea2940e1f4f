export function load(client, http) {
  client.get('/books/1', { timeout: 1 });
  http.post('/books', {});
  fetch('/books');
  return $.get('/books', () => {});
}

export default (api) => ({
  load: () => api.get('/books', { params: {} }),
  add: (book, done) => api.post('/books', book),
});

export function users(app) {
  return app.get('/users', { params: { page: 1 } });
}

export function page(api, options) {
  return api.get('/pages', options);
}
