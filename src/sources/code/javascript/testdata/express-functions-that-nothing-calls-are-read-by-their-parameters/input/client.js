export function load(client, http) {
  client.get('/books/1', { timeout: 1 });
  http.post('/books', {});
  fetch('/books');
  return $.get('/books', () => {});
}
