from django.contrib import admin
from django.urls import path
from ninja import NinjaAPI
from blog.api import router as blog_router
api = NinjaAPI(version='2', urls_namespace='x', auth=None)
api.add_router('/blog', blog_router, tags=['b'])
api.add_router('/late', 'blog.api.late')
@api.api_operation(["POST", "PATCH"], "/multi")
def multi(request): ...
urlpatterns = [path('v2/', api.urls)]
