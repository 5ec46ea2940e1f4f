from fastapi import FastAPI


def build_admin(base: str) -> FastAPI:
    admin = FastAPI()

    @admin.get(base + '/stats')
    def stats():
        return {}

    return admin
