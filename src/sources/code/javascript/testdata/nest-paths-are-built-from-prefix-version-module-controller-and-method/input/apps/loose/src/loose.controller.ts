import { Controller, Get } from '@nestjs/common';
@Controller('loose')
export default class LooseController {
  @Get('end')
  end() {}
}
