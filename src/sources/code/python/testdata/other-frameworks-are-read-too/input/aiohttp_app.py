from aiohttp import ClientSession, web

routes = web.RouteTableDef()


@routes.get('/pings/{name}')
async def ping(request):
    async with ClientSession() as client:
        await client.get('/not-a-route')


async def handle(request):
    return None


def make():
    app = web.Application()
    app.add_routes(routes)
    app.add_routes([web.post('/orders', handle), web.view('/views', handle)])
    app.router.add_get('/items/{id}', handle)
    app.router.add_route('*', '/any', handle)
    admin = web.Application()
    admin.router.add_delete('/cache', handle)
    app.add_subapp('/admin', admin)
    return app
