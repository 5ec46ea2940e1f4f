from fastapi import APIRouter


class CardApi:
    def __init__(self):
        self.router = APIRouter(prefix='/cards')
        self.router.add_api_route('/', self.list, methods=['GET'])
        self.router.delete('/{card_id}')(self.remove)

    def list(self, limit: int = 10):
        return []

    def remove(self, card_id: str):
        return None


router = CardApi().router
