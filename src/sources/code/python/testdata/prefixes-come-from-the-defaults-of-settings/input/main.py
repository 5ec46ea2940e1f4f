import os
from fastapi import FastAPI, APIRouter
from pydantic import BaseSettings, Field
class Settings(BaseSettings):
    prefix: str = Field("/fp", env="PREFIX")
    other: str = Field(default="/fo")
    third: str = os.environ.get("X", "/third")
    nope: str = Field(...)
s = Settings()
r = APIRouter()
@r.get("/a")
def a(): ...
app = FastAPI()
app.include_router(r, prefix=s.prefix)
app.include_router(r, prefix=s.other)
app.include_router(r, prefix=s.third)
app.include_router(r, prefix=os.environ["Y"])
app.include_router(r, prefix=os.getenv("Z", default="/z"))
