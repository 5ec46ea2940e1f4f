"""Requests from one service to another, as OpenTelemetry's instrumentation of HTTP records them.

usage: export_spans.py grpc|http ENDPOINT COUNT NAME
"""

import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
    OTLPSpanExporter as GrpcExporter,
)
from opentelemetry.exporter.otlp.proto.http import Compression as HttpCompression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
    OTLPSpanExporter as HttpExporter,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode


def exporter_of(protocol, endpoint):
    if protocol == "http":
        return HttpExporter(endpoint=endpoint, compression=HttpCompression.Gzip)
    from grpc import Compression

    return GrpcExporter(endpoint=endpoint, insecure=True, compression=Compression.Gzip)


def provider_of(name, protocol, endpoint):
    resource = Resource.create({"service.name": name, "service.namespace": "shop"})
    provider = TracerProvider(resource=resource)
    processor = BatchSpanProcessor(exporter_of(protocol, endpoint), max_queue_size=100_000)
    provider.add_span_processor(processor)
    return provider


def main():
    protocol, endpoint, count, name = sys.argv[1:]
    caller = provider_of("web-" + name, protocol, endpoint)
    called = provider_of("orders-" + name, protocol, endpoint)
    for number in range(int(count)):
        with caller.get_tracer("http").start_as_current_span(
            "GET", kind=SpanKind.CLIENT, attributes={"http.request.method": "GET"}
        ):
            attributes = {
                "http.request.method": "GET",
                "http.route": "/orders/<int:id>",
                "url.path": "/orders/%d" % number,
                "http.response.status_code": 500 if number == 0 else 200,
            }
            with called.get_tracer("http").start_as_current_span(
                "GET /orders/<int:id>", kind=SpanKind.SERVER, attributes=attributes
            ) as span:
                if number == 0:
                    span.set_status(Status(StatusCode.ERROR))
    flushed = [provider.force_flush(30_000) for provider in (caller, called)]
    for provider in (caller, called):
        provider.shutdown()
    print(trace.__name__, flushed)
    sys.exit(0 if all(flushed) else 1)


main()
