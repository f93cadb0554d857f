package ai.rails.stream.siem;

import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// One record of the feed before it is written.
///
/// @param uid of the record, unique in the feed
/// @param source origin of the log that it tells of
/// @param type of the entry or notice
/// @param time when it happened, Unix milliseconds
record OcsfRecord(
    String uid,
    String tenant,
    String source,
    String workspace,
    Optional<String> run,
    String type,
    long time,
    ObjectNode event) {}
