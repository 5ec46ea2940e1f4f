from django.urls import path, include, re_path
from rest_framework_nested import routers
from rest_framework.routers import DefaultRouter
from . import views

router = DefaultRouter(trailing_slash=False)
for prefix, vs in (('books', views.BookViewSet), ('authors', views.AuthorViewSet)):
    router.register(prefix, vs, basename=prefix)
VIEWSETS = [
    (r'tags', views.TagViewSet),
]
for args in VIEWSETS:
    router.register(*args)
nested = routers.NestedSimpleRouter(router, r'books', lookup='book')
nested.register(r'chapters', views.ChapterViewSet, basename='book-chapters')

app_name = 'api'
urlpatterns = [
    path('', include((router.urls, 'api'), namespace='v1')),
    path('', include(nested.urls)),
    re_path(r'^export/(?P<fmt>csv|json)/$', views.export),
]
