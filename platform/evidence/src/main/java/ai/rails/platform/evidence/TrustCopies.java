package ai.rails.platform.evidence;

/// Public keys that a bundle carries for convenience. They prove nothing: who could forge a bundle
/// could put others there.
///
/// @param logKey the log's vkey
/// @param policy tlog-policy: which witnesses, and how many of them, must have cosigned
/// @param stampChain certificates of the time stamp authority in PEM; empty if there is none
public record TrustCopies(String logKey, String policy, String stampChain) {}
