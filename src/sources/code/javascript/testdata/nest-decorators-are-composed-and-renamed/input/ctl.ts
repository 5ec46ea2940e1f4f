import { Get } from '@nestjs/common';
import { ApiController, AuthGet } from './dec';
@ApiController('users')
export class U {
  @Get('a') a() {}
  @AuthGet('b') b() {}
}
