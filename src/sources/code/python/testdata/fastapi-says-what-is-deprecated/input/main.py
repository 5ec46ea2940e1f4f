from fastapi import FastAPI, Depends, status
from consts import Paths
import httpx
app = FastAPI(dependencies=[Depends(lambda: 1)])
@app.get(Paths.ITEMS, status_code=status.HTTP_200_OK)
async def items():
    async with httpx.AsyncClient() as client:
        r = await client.get("/remote")
        await client.post(url="/remote2")
@app.get(Paths.ITEM, deprecated=True)
async def item(item_id): ...
@app.on_event("startup")
async def st(): ...
@app.exception_handler(ValueError)
async def eh(r, e): ...
@app.middleware("http")
async def mw(r, n): ...
