import { applyDecorators, Controller, Get, UseGuards } from '@nestjs/common';
export const ApiController = (path: string) => applyDecorators(Controller(`api/${path}`), UseGuards(AuthGuard));
export function AuthGet(path?: string) { return applyDecorators(Get(path), ApiBearerAuth()); }
