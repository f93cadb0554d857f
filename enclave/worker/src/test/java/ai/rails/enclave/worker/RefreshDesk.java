package ai.rails.enclave.worker;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import ai.rails.enclave.content.Digests;
import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;
import ai.rails.schema.worker.RefreshProtocol.Refresh;
import ai.rails.schema.worker.RefreshProtocol.Refreshed;

/// The stored credential of one instance and who may change it. All methods hold the monitor.
final class RefreshDesk {
  final List<AskRefresh> asked = new ArrayList<>();
  final List<Refreshed> kept = new ArrayList<>();
  private Optional<String> stored = Optional.empty();
  private Optional<String> grant = Optional.empty();
  private int busy;
  private int refusing;

  /// The control plane is an older one.
  volatile boolean unknown;

  /// Another worker asks the token endpoint for so many questions, and then has stored this.
  synchronized void another(int questions, String credential) {
    busy = questions;
    stored = Optional.of(credential);
  }

  /// So many are refused that are to be kept.
  synchronized void refuses(int times) {
    refusing = times;
  }

  /// A person stores another credential.
  synchronized void replaced(String credential) {
    stored = Optional.of(credential);
    grant = Optional.empty();
  }

  synchronized Reply ask(AskRefresh ask) {
    asked.add(ask);
    if (unknown) {
      return Reply.problem(404, "NOT_FOUND");
    }
    if (busy > 0) {
      busy--;
      return Reply.ok(new Refresh("BUSY", Optional.empty()));
    }
    if (stored.filter(each -> !sha256(each).equals(ask.held())).isPresent()) {
      return Reply.ok(new Refresh("CHANGED", stored));
    }
    grant = Optional.of(ask.grant());
    return Reply.ok(new Refresh("GRANTED", Optional.empty()));
  }

  synchronized Reply keep(Refreshed refreshed) {
    kept.add(refreshed);
    if (refusing > 0) {
      refusing--;
      return Reply.problem(422, "INVALID");
    }
    if (!grant.equals(Optional.of(refreshed.grant()))) {
      return Reply.problem(409, "STALE_LEASE");
    }
    stored = refreshed.sealed().or(() -> stored);
    grant = Optional.empty();
    return Reply.nothing();
  }

  private static String sha256(String base64) {
    return HexFormat.of().formatHex(Digests.sha256(Base64.getDecoder().decode(base64)));
  }
}
