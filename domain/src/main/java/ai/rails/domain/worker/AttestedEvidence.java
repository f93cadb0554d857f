package ai.rails.domain.worker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Accepted evidence and everything that it takes to accept it again, years later and offline: what
/// it was judged with stands in the worker's [WorkerEvent.CollateralArchived] of the same digest.
/// Byte strings are lower-case hex where they are short, and base64 where they are not.
///
/// @param tee `TDX` or `SEV-SNP`
/// @param trustDomain `PRODUCTION`, or `DEVELOPMENT` where the root is no vendor's
/// @param rootSha256 of the root at the end of the chain
/// @param tcbStatus Intel's word, for example `UpToDate`; `NotPublished` for AMD
/// @param advisories that Intel names for the platform's level
/// @param tcbDate the oldest date of the levels used
/// @param evaluationNumber Intel's number of the TCB info, 0 for AMD
/// @param platform the machine
/// @param attributes what the guest allows to be done to it
/// @param collateralSha256 of what it was judged with
/// @param verifiedAt the time that it was judged for
/// @param validUntil when evidence or collateral first stop being valid
/// @param audience the service that asked
/// @param nonce of that service, base64; used once
/// @param hpkePublicKey that keys were sealed to, base64 of 32 bytes
/// @param tlsKeySha256 of the worker's TLS key; empty where none was bound
/// @param artifactDigest the workflow version that the worker was started for
/// @param runtime the worker's version, as it says itself
/// @param policySha256 the platform policy that the worker insists on, if it does
/// @param evidence quote or report, base64
public record AttestedEvidence(
    String tee,
    String trustDomain,
    String rootSha256,
    String tcbStatus,
    List<String> advisories,
    Optional<Instant> tcbDate,
    int evaluationNumber,
    String platform,
    String attributes,
    String collateralSha256,
    Instant verifiedAt,
    Instant validUntil,
    String audience,
    String nonce,
    String hpkePublicKey,
    String tlsKeySha256,
    String artifactDigest,
    String runtime,
    Optional<String> policySha256,
    String evidence) {
  public AttestedEvidence {
    advisories = List.copyOf(advisories);
  }
}
