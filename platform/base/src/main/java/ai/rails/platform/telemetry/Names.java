package ai.rails.platform.telemetry;

import io.opentelemetry.api.common.AttributeKey;

/// Every attribute, span and metric name, in one place, because the conventions still move.
///
/// Names of general conventions are those of schema 1.43.0. Values are ids, enums and numbers;
/// never content.
public final class Names {
  /// The conventions' version that the names follow.
  public static final String SCHEMA_URL = "https://opentelemetry.io/schemas/1.43.0";

  public static final AttributeKey<String> HTTP_METHOD =
      AttributeKey.stringKey("http.request.method");
  public static final AttributeKey<String> HTTP_ROUTE = AttributeKey.stringKey("http.route");
  public static final AttributeKey<Long> HTTP_STATUS =
      AttributeKey.longKey("http.response.status_code");
  public static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  public static final AttributeKey<String> MESSAGING_SYSTEM =
      AttributeKey.stringKey("messaging.system");
  public static final AttributeKey<String> MESSAGING_OPERATION =
      AttributeKey.stringKey("messaging.operation.name");
  public static final AttributeKey<String> MESSAGING_DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  public static final AttributeKey<String> MESSAGING_TEMPLATE =
      AttributeKey.stringKey("messaging.destination.template");
  public static final AttributeKey<String> MESSAGING_GROUP =
      AttributeKey.stringKey("messaging.consumer.group.name");
  public static final AttributeKey<String> MESSAGING_PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  public static final AttributeKey<Long> MESSAGING_OFFSET =
      AttributeKey.longKey("messaging.kafka.offset");

  public static final AttributeKey<String> GEN_AI_OPERATION =
      AttributeKey.stringKey("gen_ai.operation.name");
  public static final AttributeKey<String> GEN_AI_PROVIDER =
      AttributeKey.stringKey("gen_ai.provider.name");
  public static final AttributeKey<String> GEN_AI_REQUEST_MODEL =
      AttributeKey.stringKey("gen_ai.request.model");
  public static final AttributeKey<String> GEN_AI_RESPONSE_MODEL =
      AttributeKey.stringKey("gen_ai.response.model");
  public static final AttributeKey<Long> GEN_AI_INPUT_TOKENS =
      AttributeKey.longKey("gen_ai.usage.input_tokens");
  public static final AttributeKey<Long> GEN_AI_OUTPUT_TOKENS =
      AttributeKey.longKey("gen_ai.usage.output_tokens");
  public static final AttributeKey<String> GEN_AI_TOOL_NAME =
      AttributeKey.stringKey("gen_ai.tool.name");
  public static final AttributeKey<String> GEN_AI_TOOL_CALL_ID =
      AttributeKey.stringKey("gen_ai.tool.call.id");

  public static final AttributeKey<String> TENANT = AttributeKey.stringKey("airails.tenant");
  public static final AttributeKey<String> WORKSPACE = AttributeKey.stringKey("airails.workspace");
  public static final AttributeKey<String> CELL = AttributeKey.stringKey("airails.cell");
  public static final AttributeKey<String> ENVIRONMENT =
      AttributeKey.stringKey("airails.environment");
  public static final AttributeKey<String> WORKFLOW = AttributeKey.stringKey("airails.workflow");
  public static final AttributeKey<String> RUN = AttributeKey.stringKey("airails.run");
  public static final AttributeKey<String> STEP = AttributeKey.stringKey("airails.step");
  public static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("airails.attempt");
  public static final AttributeKey<String> CALL = AttributeKey.stringKey("airails.call");
  public static final AttributeKey<String> GATE = AttributeKey.stringKey("airails.gate");
  public static final AttributeKey<String> WORKER = AttributeKey.stringKey("airails.worker");
  public static final AttributeKey<String> DECISION = AttributeKey.stringKey("airails.decision");
  public static final AttributeKey<String> EFFECT = AttributeKey.stringKey("airails.policy.effect");
  public static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("airails.outcome");
  public static final AttributeKey<String> CODE = AttributeKey.stringKey("airails.code");
  public static final AttributeKey<Long> POSITION = AttributeKey.longKey("airails.position");
  public static final AttributeKey<Boolean> REPLAY = AttributeKey.booleanKey("airails.replay");

  /// Seconds from a request's first byte to its answer.
  public static final String HTTP_SERVER_DURATION = "http.server.request.duration";

  /// Requests that were refused because nobody known made them, by route and reason.
  public static final String UNAUTHENTICATED = "airails.http.unauthenticated";

  private Names() {}
}
