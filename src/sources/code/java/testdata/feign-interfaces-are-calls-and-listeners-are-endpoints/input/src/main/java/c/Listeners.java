package c;
class Listeners {
    @KafkaListener(topics = {"${topics.orders}", "audit"}, groupId = "x")
    void on(String message) {}
    @RabbitListener(queues = QUEUE)
    void queue(String message) {}
    static final String QUEUE = "mails";
}
