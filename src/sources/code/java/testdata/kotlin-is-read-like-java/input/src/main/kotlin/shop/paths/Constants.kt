package shop.paths
const val ROOT = "/api"
const val BASE = "$ROOT/v1"
