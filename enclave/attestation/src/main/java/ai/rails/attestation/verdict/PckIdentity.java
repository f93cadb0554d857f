package ai.rails.attestation.verdict;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.attestation.format.Bytes;

/// The platform that a PCK certificate speaks for.
///
/// @param ppid the protected platform id
/// @param components the 16 SGX TCB component versions
/// @param sgxType 0 standard, 1 scalable, 2 scalable with integrity
/// @param platformInstanceId absent under the Processor CA
/// @param serial lower-case hex
public record PckIdentity(
    Bytes ppid,
    Bytes fmspc,
    Bytes pceId,
    List<Integer> components,
    int pceSvn,
    Bytes cpuSvn,
    int sgxType,
    Optional<Bytes> platformInstanceId,
    String issuer,
    String serial,
    Instant notBefore,
    Instant notAfter) {
  public PckIdentity {
    components = List.copyOf(components);
  }
}
