from sanic import Blueprint, Sanic

app = Sanic('shop')
bp = Blueprint('v1', url_prefix='/v1')


@bp.get('/offers/<offer:int>')
async def offers(request, offer):
    return None


async def late(request):
    return None


app.add_route(late, '/late', methods=['PUT'])
app.blueprint(bp)
