import { Controller } from '@nestjs/common';
import { EventPattern, GrpcMethod, MessagePattern } from '@nestjs/microservices';

@Controller()
export class MathController {
  @MessagePattern({ cmd: 'sum' })
  accumulate(data: number[]) {}

  @EventPattern('user.created')
  onUser(data: object) {}

  @GrpcMethod('HeroesService', 'FindOne')
  findOne() {}

  @GrpcMethod('HeroesService', 'FindMany')
  findMany() {}
}

@Controller()
@CartServiceControllerMethods()
export class CartController implements CartServiceController {}
