package ai.rails.platform.evidence;

/// A ledger entry: the leaf that is in the tree and the event that it commits to. Owns its arrays:
/// nobody changes them.
///
/// @param leaf bytes as hashed
/// @param event bytes as stored, Avro single-object encoding
@SuppressWarnings("ArrayRecordComponent") // bytes on their way; never compared
public record EvidenceEntry(byte[] leaf, byte[] event) {}
