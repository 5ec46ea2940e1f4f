import * as nest from '@nestjs/common';
import { Controller as Ctl, Get as HttpGet } from '@nestjs/common';
export class Api { static readonly ROOT = 'root'; static readonly SUB = `${Api.ROOT}/sub`; }
@nest.Controller(Api.SUB)
export class A { @nest.Get('x') x() {} }
@Ctl('al') export class B { @HttpGet('y') y() {} }
