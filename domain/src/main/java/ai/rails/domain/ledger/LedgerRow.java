package ai.rails.domain.ledger;

import java.util.Optional;

import ai.rails.domain.EntryType;

/// A row of the store, as far as the ledger needs to know it. Owns its array: nobody changes it.
///
/// @param position in the workspace, from 1, without gaps; given by the store
/// @param recordedAt clock of the store, Unix milliseconds
/// @param bytes as stored
/// @param schema SHA-256 of the canonical form of the schema it was written with, 64 hex digits
/// @param run from its header
/// @param workflow from its header
@SuppressWarnings("ArrayRecordComponent") // bytes on their way to a hash; never compared
public record LedgerRow(
    long position,
    long recordedAt,
    byte[] bytes,
    String eventId,
    EntryType type,
    String schema,
    Optional<String> run,
    Optional<String> workflow) {}
