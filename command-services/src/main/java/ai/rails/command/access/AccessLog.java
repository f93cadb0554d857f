package ai.rails.command.access;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.Refused;
import ai.rails.domain.access.AccessCommand.NoteRefusal;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Route;
import ai.rails.platform.telemetry.Telemetry;

/// Makes an event of each refusal, in the tenant of the principal who asked.
///
/// A refusal that was noted in this hour is not noted again, so that a loop of refused requests
/// costs a look-up. The set of noted ones is guarded by its monitor.
public final class AccessLog implements Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,63}");
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);
  private static final int MAX_KNOWN = 4_096;

  private final CommandBus bus;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final Set<NoteRefusal> known = new HashSet<>();

  public AccessLog(CommandBus bus, InstantSource clock, Supplier<UUID> ids) {
    this.bus = bus;
    this.clock = clock;
    this.ids = ids;
  }

  @Override
  public void refused(Principal principal, Route route, String resource, String code) {
    Actor actor = new Actor(Actor.Kind.USER, principal.subject());
    // An identity elsewhere is in no event, not even when its link is refused.
    boolean external = route.path().contains("{external}");
    note(principal.tenant(), actor, route.name(), external ? "" : resource, code);
  }

  /// Notes a refusal of any actor.
  ///
  /// @param route method and template
  public void note(String tenant, Actor actor, String route, String resource, String code) {
    var note =
        new NoteRefusal(
            tenant,
            Header.TENANT_WORKSPACE + "/" + HOUR.format(clock.instant()),
            actor.id(),
            route,
            resource.isEmpty() || ID.matcher(resource).matches() ? resource : "invalid",
            code);
    if (!isNew(note)) {
      return;
    }
    try {
      bus.dispatch(context(tenant, actor), AccessEntity.TYPE, note);
    } catch (Refused e) {
      // A tenant that does not exist has no log to note it in.
      LOG.atWarn()
          .addKeyValue("tenant", tenant)
          .addKeyValue("route", route)
          .addKeyValue("code", e.code())
          .log("a refusal could not be noted");
    } catch (RuntimeException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("tenant", tenant)
          .addKeyValue("route", route)
          .log("a refusal could not be noted");
    }
  }

  private boolean isNew(NoteRefusal note) {
    synchronized (known) {
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      return known.add(note);
    }
  }

  private CommandContext context(String tenant, Actor actor) {
    String id = ids.get().toString();
    return new CommandContext(
        tenant,
        Header.TENANT_WORKSPACE,
        Optional.empty(),
        actor,
        id,
        id,
        Telemetry.current(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
