from fastapi import APIRouter

from app.api.endpoints import cards, users

api_router = APIRouter()
api_router.include_router(users.router, prefix='/users', tags=['users'])
api_router.include_router(cards.router)
