package ai.rails.attestation;

import java.util.Locale;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Framed;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.TdReport;

/// What a guest is, out of its claims: its image by one name, what it was launched for, and whose
/// machine it runs on. True only for claims of accepted evidence.
///
/// @param image one name for all that was measured of the image, for example `tdx:` and 64 hex
///   digits; computed before an image is released, and listed by policy
/// @param launchedFor what the host set at launch beside the image: MRCONFIGID or HOST_DATA
/// @param attributes what the guest is allowed to do and to have done to it, as one word
/// @param platform the machine: its instance id or chip id in hex; `unknown` where it is masked
public record Guest(String image, Bytes launchedFor, String attributes, String platform) {
  private static final String IMAGE = "AIRAILS-IMAGE-V1";
  private static final String LAUNCH = "AIRAILS-LAUNCH-V1";
  private static final int SNP_BYTES = 32;

  public static Guest of(Claims claims) {
    return switch (claims) {
      case Claims.Tdx tdx -> tdx(tdx);
      case Claims.Snp snp ->
          new Guest(
              "snp:" + new Framed(IMAGE).add("snp").add(snp.measurement()).sha256().hex(),
              snp.hostData(),
              "vmpl%d.policy-%s".formatted(snp.vmpl(), Long.toHexString(snp.policy())),
              snp.chipIdMasked() ? "unknown" : snp.chipId().hex().substring(0, 64));
    };
  }

  /// The name of a TDX image from its reference values: firmware, and the four registers once it
  /// has booted.
  public static String tdxImage(Bytes mrTd, Iterable<Bytes> rtMr) {
    Framed framed = new Framed(IMAGE).add("tdx").add(mrTd);
    rtMr.forEach(framed::add);
    return "tdx:" + framed.sha256().hex();
  }

  /// What the host must set at the launch of a TDX guest, so that an approved image serves nobody
  /// else: 48 bytes.
  public static Bytes mrConfigId(String tenant, String environment, String artifactDigest) {
    return launch(tenant, environment, artifactDigest).digest("SHA-384");
  }

  /// The same for SEV-SNP: 32 bytes.
  public static Bytes hostData(String tenant, String environment, String artifactDigest) {
    return launch(tenant, environment, artifactDigest).sha256();
  }

  /// Whether the guest was launched for exactly this.
  public boolean isLaunchedFor(String tenant, String environment, String artifactDigest) {
    return launchedFor.equals(
        launchedFor.length() == SNP_BYTES
            ? hostData(tenant, environment, artifactDigest)
            : mrConfigId(tenant, environment, artifactDigest));
  }

  private static Framed launch(String tenant, String environment, String artifactDigest) {
    return new Framed(LAUNCH).add(tenant).add(environment).add(artifactDigest);
  }

  private static Guest tdx(Claims.Tdx tdx) {
    TdReport report = tdx.report();
    boolean served = report.mrServiceTd().map(td -> !td.isZero()).orElse(false);
    boolean owned = !report.mrOwner().isZero() || !report.mrOwnerConfig().isZero();
    return new Guest(
        tdxImage(report.mrTd(), report.rtMr()),
        report.mrConfigId(),
        "td-%s%s%s"
            .formatted(
                report.tdAttributes().hex(), served ? ".service-td" : "", owned ? ".owner" : "")
            .toLowerCase(Locale.ROOT),
        tdx.pck()
            .map(pck -> pck.platformInstanceId().map(Bytes::hex).orElseGet(() -> pck.ppid().hex()))
            .orElse("unknown"));
  }
}
