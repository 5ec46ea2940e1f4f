from ninja import Router
router = Router()
late = Router()
@router.get('/posts/{int:post_id}', response=dict)
async def p(request, post_id: int): ...
@late.get('/z')
def z(request): ...
