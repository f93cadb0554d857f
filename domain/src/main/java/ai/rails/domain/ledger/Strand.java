package ai.rails.domain.ledger;

/// The entries of one run, or one workflow, within a log, so far.
///
/// @param size how many there are; the next one has this sequence number
/// @param hash leaf hash of the last one, or the strand's genesis
public record Strand(long size, String hash) {}
