module openapi
