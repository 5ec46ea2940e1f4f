import { Controller, Delete } from '@nestjs/common';
@UseGuards(RolesGuard)
@Controller('users')
export class UsersController {
  @Delete(':id')
  remove() {}
}
