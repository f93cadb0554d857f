package ai.rails.enclave.gate;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Event;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.tenant.PersonEvent.PasskeyDecisioned;
import ai.rails.domain.tenant.PersonEvent.PasskeyRegistered;
import ai.rails.domain.tenant.PersonEvent.PasskeyRemoved;

/// Whose passkeys are whose, as the entries of a tenant's log made it. One thread at a time.
final class Passkeys {
  /// Most passkeys that a tenant can ever have had, so that a log fills no worker's memory.
  static final int MOST = 20_000;

  static final String UNKNOWN = "PASSKEY_UNKNOWN";
  static final String NOT_ACCEPTED = "PASSKEY_NOT_ACCEPTED";

  private final boolean twoPersons;
  private final Map<String, Passkey> known;

  private enum State {
    PENDING,
    ACTIVE,
    REMOVED
  }

  private record Passkey(String subject, String credential, String publicKey, State state) {
    Passkey at(State next) {
      return new Passkey(subject, credential, publicKey, next);
    }
  }

  /// None yet.
  ///
  /// @param twoPersons whether a passkey counts only when another person has accepted it, whatever
  ///   its registration says
  Passkeys(boolean twoPersons) {
    this(twoPersons, new HashMap<>());
  }

  private Passkeys(boolean twoPersons, Map<String, Passkey> known) {
    this.twoPersons = twoPersons;
    this.known = known;
  }

  Passkeys copy() {
    return new Passkeys(twoPersons, new HashMap<>(known));
  }

  /// Takes the next entry; one that is about something else changes nothing.
  ///
  /// @throws IllegalArgumentException if there are too many
  void apply(Event event) {
    switch (event) {
      case PasskeyRegistered e -> {
        boolean counts = e.active() && !twoPersons;
        known.put(
            e.passkey(),
            new Passkey(
                e.subject(), e.credential(), e.publicKey(), counts ? State.ACTIVE : State.PENDING));
        if (known.size() > MOST) {
          throw new IllegalArgumentException("a tenant has at most %d passkeys".formatted(MOST));
        }
      }
      case PasskeyDecisioned e -> {
        if (!e.accepted()) {
          move(e.passkey(), State.REMOVED);
        } else if (!e.by().equals(e.subject())) {
          known.computeIfPresent(
              e.passkey(),
              (_, key) ->
                  key.state() == State.PENDING && key.subject().equals(e.subject())
                      ? key.at(State.ACTIVE)
                      : key);
        }
      }
      case PasskeyRemoved e -> move(e.passkey(), State.REMOVED);
      default -> {}
    }
  }

  private void move(String passkey, State next) {
    known.computeIfPresent(passkey, (_, key) -> key.at(next));
  }

  /// What speaks against a signature being that of `approver`'s own, living passkey; empty if
  /// nothing does. Whether the signature verifies, it says itself.
  ///
  /// @return for example `PASSKEY_REMOVED`
  Optional<String> fault(String approver, PasskeySignature signature) {
    Passkey key = known.get(id(signature.credential()));
    if (key == null) {
      return Optional.of(UNKNOWN);
    }
    boolean his =
        key.subject().equals(approver)
            && key.credential().equals(signature.credential())
            && key.publicKey().equals(signature.publicKey());
    if (!his) {
      return Optional.of("PASSKEY_OF_ANOTHER");
    }
    return switch (key.state()) {
      case ACTIVE -> Optional.empty();
      case PENDING -> Optional.of(NOT_ACCEPTED);
      case REMOVED -> Optional.of("PASSKEY_REMOVED");
    };
  }

  private static String id(String credential) {
    try {
      return Sha256.hex(Base64.getUrlDecoder().decode(credential));
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
