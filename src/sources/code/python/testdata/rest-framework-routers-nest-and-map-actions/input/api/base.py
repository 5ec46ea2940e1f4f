from rest_framework import viewsets, mixins
from rest_framework.viewsets import GenericViewSet
class BaseVS(mixins.CreateModelMixin, mixins.ListModelMixin, GenericViewSet):
    lookup_value_regex = '[0-9a-f]{32}'
