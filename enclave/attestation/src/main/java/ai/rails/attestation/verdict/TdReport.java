package ai.rails.attestation.verdict;

import java.util.List;
import java.util.Optional;

import ai.rails.attestation.format.Bytes;

/// The body of a TDX quote: what the TDX module says about a trust domain.
///
/// @param teeTcbSvn at launch: module minor version, module major version, microcode, then zeros
/// @param mrTd the measurement of the initial memory, which is the virtual firmware
/// @param rtMr the four run-time measurement registers
/// @param reportData what the TD asked to have signed
/// @param teeTcbSvn2 as `teeTcbSvn`, but of what runs now; from report 1.5 on
/// @param mrServiceTd the bound service TDs; zero for none; from report 1.5 on
public record TdReport(
    Bytes teeTcbSvn,
    Bytes mrSeam,
    Bytes mrSignerSeam,
    Bytes seamAttributes,
    Bytes tdAttributes,
    Bytes xfam,
    Bytes mrTd,
    Bytes mrConfigId,
    Bytes mrOwner,
    Bytes mrOwnerConfig,
    List<Bytes> rtMr,
    Bytes reportData,
    Optional<Bytes> teeTcbSvn2,
    Optional<Bytes> mrServiceTd) {
  public TdReport {
    rtMr = List.copyOf(rtMr);
  }
}
