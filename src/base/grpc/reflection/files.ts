import { type DescribedFile, describeFile } from './describe.ts';

/** google.protobuf.Struct and its parts, for files that import it. */
export const STRUCT_FILE: DescribedFile = describeFile({
  name: 'google/protobuf/struct.proto',
  package: 'google.protobuf',
  messages: {
    Struct: { fields: '1 map<string, Value>' },
    Value: {
      null_value: '1 NullValue of kind',
      number_value: '2 double of kind',
      string_value: '3 string of kind',
      bool_value: '4 bool of kind',
      struct_value: '5 Struct of kind',
      list_value: '6 ListValue of kind',
    },
    ListValue: { values: '1 repeated Value' },
  },
  enums: { NullValue: { NULL_VALUE: 0 } },
});

/** @see grpc.health.v1 */
export const HEALTH_FILE: DescribedFile = describeFile({
  name: 'grpc/health/v1/health.proto',
  package: 'grpc.health.v1',
  messages: {
    HealthCheckRequest: { service: '1 string' },
    HealthCheckResponse: { status: '1 HealthCheckResponse.ServingStatus' },
  },
  enums: {
    'HealthCheckResponse.ServingStatus': {
      UNKNOWN: 0,
      SERVING: 1,
      NOT_SERVING: 2,
      SERVICE_UNKNOWN: 3,
    },
  },
  services: {
    Health: {
      Check: 'HealthCheckRequest -> HealthCheckResponse',
      Watch: 'HealthCheckRequest -> stream HealthCheckResponse',
    },
  },
});

/** Server reflection, which is the same in both of its packages: `grpc.reflection.v1` and `.v1alpha`. */
export function reflectionFile(version: 'v1' | 'v1alpha'): DescribedFile {
  return describeFile({
    name: `grpc/reflection/${version}/reflection.proto`,
    package: `grpc.reflection.${version}`,
    messages: {
      ServerReflectionRequest: {
        host: '1 string',
        file_by_filename: '3 string of message_request',
        file_containing_symbol: '4 string of message_request',
        file_containing_extension: '5 ExtensionRequest of message_request',
        all_extension_numbers_of_type: '6 string of message_request',
        list_services: '7 string of message_request',
      },
      ExtensionRequest: { containing_type: '1 string', extension_number: '2 int32' },
      ServerReflectionResponse: {
        valid_host: '1 string',
        original_request: '2 ServerReflectionRequest',
        file_descriptor_response: '4 FileDescriptorResponse of message_response',
        all_extension_numbers_response: '5 ExtensionNumberResponse of message_response',
        list_services_response: '6 ListServiceResponse of message_response',
        error_response: '7 ErrorResponse of message_response',
      },
      FileDescriptorResponse: { file_descriptor_proto: '1 repeated bytes' },
      ExtensionNumberResponse: { base_type_name: '1 string', extension_number: '2 repeated int32' },
      ListServiceResponse: { service: '1 repeated ServiceResponse' },
      ServiceResponse: { name: '1 string' },
      ErrorResponse: { error_code: '1 int32', error_message: '2 string' },
    },
    services: {
      ServerReflection: {
        ServerReflectionInfo: 'stream ServerReflectionRequest -> stream ServerReflectionResponse',
      },
    },
  });
}
