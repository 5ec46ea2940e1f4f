from fastapi import FastAPI, APIRouter
app = FastAPI()
def make(n):
    r = APIRouter(prefix=f"/{n}")
    @r.get("/x")
    def x(): ...
    return r
rs = {n: make(n) for n in ("a", "b")}
for r in rs.values():
    app.include_router(r)
for p, r in zip(["/p"], [make("c")]):
    app.include_router(r, prefix=p)
for i, r in enumerate([make("d")]):
    app.include_router(r)
