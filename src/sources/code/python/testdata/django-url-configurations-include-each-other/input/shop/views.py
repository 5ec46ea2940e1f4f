from django.contrib.auth.decorators import login_required
from django.views import View
from django.views.decorators.http import require_GET, require_http_methods
from django.views.generic import ListView
from rest_framework import viewsets
from rest_framework.decorators import action, api_view


def home(request):
    return request.GET.get('/not-a-route')


@require_GET
def archive(request, year):
    return year


@login_required
@require_http_methods(['POST'])
def pay(request):
    return None


class Basket(View):
    def get(self, request, basket):
        return None

    def post(self, request, basket):
        return None


class ItemList(ListView):
    model = None


@api_view(['GET', 'PUT'])
def status(request):
    return None


class UserViewSet(viewsets.ModelViewSet):
    lookup_field = 'username'

    @action(detail=True, methods=['post'], url_path='set-password')
    def set_password(self, request, username=None):
        return None

    @action(detail=False)
    def recent(self, request):
        return None


class LogViewSet(viewsets.ReadOnlyModelViewSet):
    pass


class CartViewSet(viewsets.ViewSet):
    def list(self, request):
        return None

    def destroy(self, request, pk=None):
        return None
