from rest_framework import viewsets, status
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from .base import BaseVS
class BookViewSet(viewsets.ModelViewSet):
    http_method_names = ['get', 'post', 'head', 'options']
    lookup_field = 'isbn'
    @action(methods=['POST', 'DELETE'], detail=True, url_path=r'fav/(?P<user_id>\d+)', url_name='fav')
    def fav(self, request, **kw): ...
    @action(detail=True)
    def stock(self, request, isbn=None): ...
    @stock.mapping.post
    def add_stock(self, request, isbn=None): ...
    def get_queryset(self): return self.request.query_params.get('/x')
class AuthorViewSet(BaseVS): pass
class TagViewSet(viewsets.ReadOnlyModelViewSet): pass
class ChapterViewSet(viewsets.ViewSet):
    def list(self, request, book_pk=None): ...
    def retrieve(self, request, pk=None, book_pk=None): ...
@api_view()
def export(request, fmt): ...
