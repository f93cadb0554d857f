package ai.rails.attestation.verdict;

import java.util.Arrays;
import java.util.Optional;

/// How current Intel calls a platform's firmware, microcode and modules. Which of these get keys is
/// policy; [#REVOKED] never leaves the verifier.
public enum TcbStatus {
  UP_TO_DATE("UpToDate"),
  SW_HARDENING_NEEDED("SWHardeningNeeded"),
  CONFIGURATION_NEEDED("ConfigurationNeeded"),
  CONFIGURATION_AND_SW_HARDENING_NEEDED("ConfigurationAndSWHardeningNeeded"),
  OUT_OF_DATE("OutOfDate"),
  OUT_OF_DATE_CONFIGURATION_NEEDED("OutOfDateConfigurationNeeded"),
  /// The platform was updated under a running TD: start it again.
  TD_RELAUNCH_ADVISED("TDRelaunchAdvised"),
  TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED("TDRelaunchAdvisedConfigurationNeeded"),
  REVOKED("Revoked");

  private final String label;

  TcbStatus(String label) {
    this.label = label;
  }

  /// Intel's name.
  public String label() {
    return label;
  }

  /// A status that a TCB level may have.
  public static Optional<TcbStatus> ofLevel(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label.equals(label))
        .filter(
            each -> each != TD_RELAUNCH_ADVISED && each != TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED)
        .findFirst();
  }

  public boolean needsConfiguration() {
    return label.contains("Configuration");
  }
}
