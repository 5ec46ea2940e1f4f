from fastapi import FastAPI

from app.api.api import api_router
from app.core.config import settings
from app.internal import build_admin

app = FastAPI(root_path='/behind-the-proxy')
app.include_router(api_router, prefix=settings.API_PREFIX)
app.mount('/internal', build_admin('/admin'))


@app.get('/healthz')
def healthz():
    return 'ok'


@app.api_route('/hook', methods=['POST', 'PUT'])
async def hook(body: dict):
    return body


@app.websocket('/stream')
async def stream(socket):
    pass
