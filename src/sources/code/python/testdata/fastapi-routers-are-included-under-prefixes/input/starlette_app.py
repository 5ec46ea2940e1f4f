from starlette.applications import Starlette
from starlette.routing import Mount, Route


async def home(request):
    return None


class Item:
    async def get(self, request):
        return None

    async def patch(self, request):
        return None


routes = [
    Route('/', home),
    Mount('/items', routes=[
        Route('/{id}', Item),
        Route('/import', home, methods=['POST']),
    ]),
]
app = Starlette(debug=True, routes=routes)
