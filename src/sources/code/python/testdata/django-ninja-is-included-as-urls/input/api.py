from ninja import NinjaAPI, Router
from events import router as events_router
api = NinjaAPI()
api.add_router("/events/", events_router)
@api.get("/hello")
def hello(request): ...
