package ai.rails.attestation.collateral;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import ai.rails.attestation.format.Json;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.TcbStatus;

/// A published level: from these versions on, this status.
public sealed interface TcbLevel {
  Standing standing();

  /// What a level says of those who reach it.
  ///
  /// @param date when the level's versions became current
  record Standing(TcbStatus status, Instant date, List<String> advisories) {
    private static final int MOST_ADVISORIES = 256;

    public Standing {
      advisories = List.copyOf(advisories);
    }

    static Standing of(Json.Members level) throws Malformed {
      String label = level.text("tcbStatus");
      TcbStatus status =
          TcbStatus.ofLevel(label)
              .orElseThrow(() -> new Malformed("a tcbStatus that nobody knows"));
      List<String> advisories = new ArrayList<>();
      if (level.find("advisoryIDs").isPresent()) {
        for (Json each : level.list("advisoryIDs")) {
          if (!(each instanceof Json.Text(String id)) || advisories.size() == MOST_ADVISORIES) {
            throw new Malformed("advisoryIDs is no list of names");
          }
          advisories.add(id);
        }
      }
      return new Standing(status, level.instant("tcbDate"), advisories);
    }
  }

  /// A level of one enclave or module, by one version number.
  record OfEnclave(int isvSvn, Standing standing) implements TcbLevel {
    private static final int MOST_LEVELS = 256;

    /// The highest version first, whatever the order in the document.
    ///
    /// @param allowed the statuses that such a level may have
    static List<OfEnclave> of(List<Json> levels, Set<TcbStatus> allowed) throws Malformed {
      if (levels.size() > MOST_LEVELS) {
        throw new Malformed("more than %d TCB levels".formatted(MOST_LEVELS));
      }
      List<OfEnclave> all = new ArrayList<>();
      for (Json each : levels) {
        Json.Members level = each.asObject();
        Standing standing = Standing.of(level);
        if (!allowed.contains(standing.status())) {
          throw new Malformed("a tcbStatus that has no meaning there");
        }
        all.add(new OfEnclave(level.object("tcb").number("isvsvn", 0xFFFF), standing));
      }
      all.sort(Comparator.comparingInt(OfEnclave::isvSvn).reversed());
      return List.copyOf(all);
    }
  }

  /// A level of a whole platform.
  ///
  /// @param sgx 16 component versions
  /// @param tdx 16 component versions
  record OfPlatform(List<Integer> sgx, int pceSvn, List<Integer> tdx, Standing standing)
      implements TcbLevel {
    private static final int MOST_LEVELS = 256;
    private static final int COMPONENTS = 16;
    private static final Comparator<OfPlatform> ASCENDING =
        Comparator.comparing(OfPlatform::sgx, OfPlatform::compare)
            .thenComparingInt(OfPlatform::pceSvn)
            .thenComparing(OfPlatform::tdx, OfPlatform::compare);

    public OfPlatform {
      sgx = List.copyOf(sgx);
      tdx = List.copyOf(tdx);
    }

    /// The highest versions first, whatever the order in the document.
    static List<OfPlatform> of(List<Json> levels) throws Malformed {
      if (levels.size() > MOST_LEVELS) {
        throw new Malformed("more than %d TCB levels".formatted(MOST_LEVELS));
      }
      List<OfPlatform> all = new ArrayList<>();
      for (Json each : levels) {
        Json.Members level = each.asObject();
        Json.Members tcb = level.object("tcb");
        all.add(
            new OfPlatform(
                components(tcb.list("sgxtcbcomponents")),
                tcb.number("pcesvn", 0xFFFF),
                components(tcb.list("tdxtcbcomponents")),
                Standing.of(level)));
      }
      all.sort(ASCENDING.reversed());
      return List.copyOf(all);
    }

    private static List<Integer> components(List<Json> components) throws Malformed {
      if (components.size() != COMPONENTS) {
        throw new Malformed("%d components where 16 belong".formatted(components.size()));
      }
      List<Integer> versions = new ArrayList<>();
      for (Json each : components) {
        versions.add(each.asObject().number("svn", 0xFF));
      }
      return versions;
    }

    private static int compare(List<Integer> one, List<Integer> other) {
      for (int i = 0; i < COMPONENTS; i++) {
        int order = Integer.compare(one.get(i), other.get(i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }
  }
}
