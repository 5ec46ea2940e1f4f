import httpx
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

router = APIRouter()
client = httpx.AsyncClient()


class Contact(BaseModel):
    email: str


class UserIn(Contact):
    phone: str | None = None


def session():
    yield None


@router.post('/')
async def create(request: Request, user: UserIn, notify: bool = False, db=Depends(session)):
    await client.get('/not-a-route')
    return user


@router.get('/{user_id:int}/files/{path:path}')
async def files(user_id: int, path: str):
    return path
