package s;
public final class AdService {
    private static class AdServiceImpl extends hipstershop.AdServiceGrpc.AdServiceImplBase {}
}
