package ai.rails.domain;

import java.time.Instant;
import java.util.Optional;

/// Where and by whom an event happened. It is part of the event's stored bytes; columns and Kafka
/// headers are only copies of it.
///
/// @param eventId UUIDv7, lower case
/// @param tenant opaque id
/// @param workspace opaque id, or [#TENANT_WORKSPACE] for what concerns the whole tenant
/// @param environment of the run or worker, for example `dev`
/// @param streamType kind of entity, for example `Run`
/// @param streamId id of the entity
/// @param seq position in the stream, from 0, without gaps
/// @param causationId id of the command
/// @param correlationId id that all commands of one trigger share
/// @param traceparent W3C trace context of the command
/// @param occurredAt clock of the process that decided, milliseconds
/// @param run the run it belongs to
/// @param workflow the workflow it belongs to
public record Header(
    String eventId,
    String tenant,
    String workspace,
    Optional<String> environment,
    String streamType,
    String streamId,
    long seq,
    Actor actor,
    String causationId,
    String correlationId,
    Optional<String> traceparent,
    Instant occurredAt,
    Optional<String> run,
    Optional<String> workflow) {
  /// The workspace of events that concern the whole tenant.
  public static final String TENANT_WORKSPACE = "_tenant";
}
