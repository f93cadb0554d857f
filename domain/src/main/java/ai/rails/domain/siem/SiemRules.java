package ai.rails.domain.siem;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.siem.SiemCommand.GrantSiem;
import ai.rails.domain.siem.SiemCommand.RevokeSiem;
import ai.rails.domain.siem.SiemCommand.RotateSiem;
import ai.rails.domain.siem.SiemEvent.SiemGranted;
import ai.rails.domain.siem.SiemEvent.SiemRevoked;
import ai.rails.domain.siem.SiemEvent.SiemRotated;

/// A subscriber is granted once until it is revoked; generations go on counting, so that no two
/// passwords are ever taken for each other.
public final class SiemRules implements Decider<SiemCommand, SiemSubscriber, SiemEvent> {
  /// No hyphen: it ends the tenant in the principal's name, so that no two tenants' subscribers are
  /// one principal.
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_]{0,31}");

  @Override
  public SiemSubscriber initial() {
    return SiemSubscriber.NONE;
  }

  @Override
  public List<SiemEvent> decide(SiemSubscriber subscriber, SiemCommand command, Instant now) {
    String name = requireName(command.subscriber());
    String principal = principal(command.tenant(), name);
    return switch (command) {
      case GrantSiem _ -> {
        if (subscriber.granted()) {
          throw new Refused(
              Code.ALREADY_EXISTS,
              "SIEM subscriber %s exists; rotate its password".formatted(name));
        }
        yield List.of(new SiemGranted(name, principal, subscriber.generation() + 1));
      }
      case RotateSiem _ -> {
        requireKnown(subscriber.granted(), name);
        yield List.of(new SiemRotated(name, principal, subscriber.generation() + 1));
      }
      case RevokeSiem _ -> {
        requireKnown(subscriber.generation() > 0, name);
        yield subscriber.granted() ? List.of(new SiemRevoked(name, principal)) : List.of();
      }
    };
  }

  @Override
  public SiemSubscriber evolve(SiemSubscriber subscriber, SiemEvent event) {
    return switch (event) {
      case SiemGranted e -> new SiemSubscriber(true, e.generation());
      case SiemRotated e -> new SiemSubscriber(true, e.generation());
      case SiemRevoked _ -> new SiemSubscriber(false, subscriber.generation());
    };
  }

  private static void requireKnown(boolean known, String name) {
    if (!known) {
      throw new Refused(Code.NOT_FOUND, "there is no SIEM subscriber %s".formatted(name));
    }
  }

  /// The subscriber's name at the brokers.
  public static String principal(String tenant, String subscriber) {
    return "siem-%s-%s".formatted(tenant, subscriber);
  }

  /// @throws Refused if it is no name of a subscriber
  public static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new Refused(
          Code.INVALID,
          "a SIEM subscriber's name is 1 to 32 lower-case letters, digits or underscores");
    }
    return name;
  }
}
