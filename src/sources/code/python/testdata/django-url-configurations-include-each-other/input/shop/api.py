from rest_framework.routers import DefaultRouter

from .views import CartViewSet, LogViewSet, UserViewSet

router = DefaultRouter()
router.register(r'users', UserViewSet)
router.register('logs', LogViewSet, basename='logs')
router.register('carts', CartViewSet, basename='carts')
