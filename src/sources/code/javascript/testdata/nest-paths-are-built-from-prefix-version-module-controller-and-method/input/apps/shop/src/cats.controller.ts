import { Controller, Get, Post, Param, Query, Body, UseGuards, Version, VERSION_NEUTRAL, All } from '@nestjs/common';
import { CATS } from './constants';

@Controller(CATS)
export class CatsController {
  @Get()
  findAll(@Query('limit') limit: number) {
    return [];
  }

  @Get([':id', 'by-name/:name'])
  @Version('2')
  findOne(@Param('id') id: string) {
    return id;
  }

  @UseGuards(AuthGuard)
  @Post()
  async create(@Body() cat: CreateCat) {}

  helper() {}
}

@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  @Get()
  check() {}

  @All('deep/*')
  deep() {}
}
