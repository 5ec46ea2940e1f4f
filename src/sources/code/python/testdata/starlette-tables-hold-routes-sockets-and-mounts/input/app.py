from starlette.applications import Starlette
from starlette.routing import Route, Mount, WebSocketRoute, Router
from starlette.endpoints import HTTPEndpoint
class User(HTTPEndpoint):
    async def get(self, r): ...
    async def delete(self, r): ...
async def home(r): ...
users = [Route('/', home), Route('/{id:int}', User)]
routes = [
    Route('/', endpoint=home),
    Mount('/users', routes=users),
    WebSocketRoute('/ws', home),
    Route('/p', home, methods=['POST']),
    *[Route(f'/{x}', home) for x in ('one', 'two')],
]
app = Starlette(debug=True, routes=routes)
