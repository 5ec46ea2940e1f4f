from fastapi import FastAPI, WebSocket
from fastapi.staticfiles import StaticFiles
app = FastAPI()
sub = FastAPI()
@app.get("/files/{file_path:path}")
async def f(file_path: str): ...
@sub.get("/sub")
def s(): ...
app.mount("/subapi", sub)
app.mount("/static", StaticFiles(directory="static"), name="static")
@app.websocket("/ws/{client_id}")
async def ws(websocket: WebSocket, client_id: int): ...
@app.api_route("/multi", methods=["GET", "POST"])
def m(): ...
