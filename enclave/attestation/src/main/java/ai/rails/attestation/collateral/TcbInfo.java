package ai.rails.attestation.collateral;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Json;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.TcbStatus;

/// Intel's TCB info, version 3, for TDX: how current each set of firmware versions of one platform
/// family is.
///
/// @param module of TDX modules before 1.5
/// @param modules of later ones
public record TcbInfo(
    int evaluationDataNumber,
    ModuleIdentity module,
    List<ModuleIdentity> modules,
    List<TcbLevel.OfPlatform> levels) {
  private static final int MOST_MODULES = 256;
  private static final Set<TcbStatus> STATUSES =
      Set.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED);

  public TcbInfo {
    modules = List.copyOf(modules);
    levels = List.copyOf(levels);
  }

  /// What TCB info is about; read first, because another kind has another form.
  public record Subject(String id, int version, Bytes fmspc, Bytes pceId) {
    public static Subject of(Json.Members body) throws Malformed {
      return new Subject(
          body.text("id"),
          body.number("version", Integer.MAX_VALUE),
          body.hex("fmspc", 6),
          body.hex("pceId", 2));
    }
  }

  /// What a TDX module must be.
  ///
  /// @param id such as `TDX_01`; empty for modules before 1.5
  public record ModuleIdentity(
      String id,
      Bytes mrSigner,
      Bytes attributes,
      Bytes attributesMask,
      List<TcbLevel.OfEnclave> levels) {
    public ModuleIdentity {
      levels = List.copyOf(levels);
    }
  }

  public static TcbInfo of(Json.Members body) throws Malformed {
    if (body.number("tcbType", Integer.MAX_VALUE) != 0) {
      throw new Malformed("a tcbType other than 0");
    }
    return new TcbInfo(
        body.number("tcbEvaluationDataNumber", Integer.MAX_VALUE),
        module("", body.object("tdxModule"), List.of()),
        body.find("tdxModuleIdentities").isPresent()
            ? modules(body.list("tdxModuleIdentities"))
            : List.of(),
        TcbLevel.OfPlatform.of(body.list("tcbLevels")));
  }

  /// The identity of modules of a major version from 1 on.
  public Optional<ModuleIdentity> moduleOf(int majorVersion) {
    String id = "TDX_%02X".formatted(majorVersion);
    return modules.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  private static List<ModuleIdentity> modules(List<Json> identities) throws Malformed {
    if (identities.size() > MOST_MODULES) {
      throw new Malformed("more than %d module identities".formatted(MOST_MODULES));
    }
    Set<String> seen = new HashSet<>();
    List<ModuleIdentity> modules = new ArrayList<>();
    for (Json each : identities) {
      Json.Members identity = each.asObject();
      String id = identity.text("id").toUpperCase(Locale.ROOT);
      if (!seen.add(id)) {
        throw new Malformed("two identities for one module version");
      }
      modules.add(
          module(id, identity, TcbLevel.OfEnclave.of(identity.list("tcbLevels"), STATUSES)));
    }
    return modules;
  }

  private static ModuleIdentity module(
      String id, Json.Members identity, List<TcbLevel.OfEnclave> levels) throws Malformed {
    return new ModuleIdentity(
        id,
        identity.hex("mrsigner", 48),
        identity.hex("attributes", 8),
        identity.hex("attributesMask", 8),
        levels);
  }
}
