import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';

@Resolver(() => Cat)
export class CatsResolver {
  @Query(() => [Cat], { name: 'cats' })
  async list(@Args('breed') breed: string) {}

  @Mutation(() => Cat)
  @UseGuards(GqlAuthGuard)
  async createCat(@Args('input') input: CatInput) {}
}
