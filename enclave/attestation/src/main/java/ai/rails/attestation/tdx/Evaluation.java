package ai.rails.attestation.tdx;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

import ai.rails.attestation.collateral.QeIdentity;
import ai.rails.attestation.collateral.TcbInfo;
import ai.rails.attestation.collateral.TcbLevel;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.TcbStanding;
import ai.rails.attestation.verdict.TcbStatus;

/// Intel's TCB evaluation: the highest level that a platform reaches, converged with those of its
/// TDX module and its quoting enclave.
record Evaluation(TcbInfo info, QeIdentity identity, PckIdentity pck, int quotingEnclaveSvn) {
  private static final int MODULE_MINOR = 0;
  private static final int MODULE_MAJOR = 1;

  /// Why a platform has no standing.
  enum Missing {
    PLATFORM("platform"),
    MODULE("TDX module"),
    QUOTING_ENCLAVE("quoting enclave");

    private final String label;

    Missing(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /// One evaluation: a standing, or what is below every level.
  sealed interface Result {
    record Found(Levels levels) implements Result {}

    record Unsupported(Missing missing) implements Result {}
  }

  /// The levels reached.
  record Levels(
      TcbLevel.Standing platform,
      Optional<TcbLevel.Standing> module,
      TcbLevel.Standing quotingEnclave) {
    TcbStatus status() {
      List<TcbStatus> parts =
          Stream.concat(module.stream(), Stream.of(quotingEnclave))
              .map(TcbLevel.Standing::status)
              .toList();
      return converge(platform.status(), parts);
    }

    TcbStanding standing(TcbStatus status, Optional<TcbStatus> current, int number) {
      SortedSet<String> advisories = new TreeSet<>();
      Instant oldest = platform.date();
      for (TcbLevel.Standing each :
          Stream.concat(module.stream(), Stream.of(platform, quotingEnclave)).toList()) {
        advisories.addAll(each.advisories());
        oldest = each.date().isBefore(oldest) ? each.date() : oldest;
      }
      return new TcbStanding(
          status,
          platform.status(),
          module.map(TcbLevel.Standing::status),
          quotingEnclave.status(),
          current,
          advisories,
          oldest,
          number);
    }
  }

  /// @param svn TEE_TCB_SVN: of the launch, or of what runs now
  Result of(Bytes svn) {
    Optional<TcbLevel.Standing> platform =
        info.levels().stream()
            .filter(level -> reaches(svn, level))
            .map(TcbLevel.OfPlatform::standing)
            .findFirst();
    if (platform.isEmpty()) {
      return new Result.Unsupported(Missing.PLATFORM);
    }
    boolean judgedByModule = svn.at(MODULE_MAJOR) > 0;
    Optional<TcbLevel.Standing> module =
        info.moduleOf(svn.at(MODULE_MAJOR))
            .flatMap(each -> reached(each.levels(), svn.at(MODULE_MINOR)));
    if (judgedByModule && module.isEmpty()) {
      return new Result.Unsupported(Missing.MODULE);
    }
    Optional<TcbLevel.Standing> enclave = reached(identity.levels(), quotingEnclaveSvn);
    if (enclave.isEmpty()) {
      return new Result.Unsupported(Missing.QUOTING_ENCLAVE);
    }
    return new Result.Found(
        new Levels(platform.get(), judgedByModule ? module : Optional.empty(), enclave.get()));
  }

  /// A platform updated under a running TD needs the TD started again, not another machine.
  static TcbStatus relaunched(TcbStatus launch, TcbStatus current) {
    boolean old =
        launch == TcbStatus.OUT_OF_DATE || launch == TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
    boolean updated =
        switch (current) {
          case UP_TO_DATE,
              SW_HARDENING_NEEDED,
              CONFIGURATION_NEEDED,
              CONFIGURATION_AND_SW_HARDENING_NEEDED ->
              true;
          case OUT_OF_DATE,
              OUT_OF_DATE_CONFIGURATION_NEEDED,
              TD_RELAUNCH_ADVISED,
              TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
              REVOKED ->
              false;
        };
    if (!old || !updated) {
      return launch;
    }
    return launch.needsConfiguration() || current.needsConfiguration()
        ? TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
        : TcbStatus.TD_RELAUNCH_ADVISED;
  }

  private static TcbStatus converge(TcbStatus platform, List<TcbStatus> parts) {
    if (parts.contains(TcbStatus.REVOKED)) {
      return TcbStatus.REVOKED;
    }
    if (!parts.contains(TcbStatus.OUT_OF_DATE)) {
      return platform;
    }
    return switch (platform) {
      case UP_TO_DATE, SW_HARDENING_NEEDED -> TcbStatus.OUT_OF_DATE;
      case CONFIGURATION_NEEDED, CONFIGURATION_AND_SW_HARDENING_NEEDED ->
          TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
      case OUT_OF_DATE,
          OUT_OF_DATE_CONFIGURATION_NEEDED,
          TD_RELAUNCH_ADVISED,
          TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
          REVOKED ->
          platform;
    };
  }

  /// From major version 1 on, the module's own versions are judged by its identity, so that the
  /// platform's level says nothing about them.
  private boolean reaches(Bytes svn, TcbLevel.OfPlatform level) {
    int first = svn.at(MODULE_MAJOR) > 0 ? MODULE_MAJOR + 1 : 0;
    for (int i = 0; i < level.sgx().size(); i++) {
      if (pck.components().get(i) < level.sgx().get(i)
          || (i >= first && svn.at(i) < level.tdx().get(i))) {
        return false;
      }
    }
    return pck.pceSvn() >= level.pceSvn();
  }

  private static Optional<TcbLevel.Standing> reached(
      List<TcbLevel.OfEnclave> descending, int isvSvn) {
    return descending.stream()
        .filter(level -> isvSvn >= level.isvSvn())
        .map(TcbLevel.OfEnclave::standing)
        .findFirst();
  }
}
