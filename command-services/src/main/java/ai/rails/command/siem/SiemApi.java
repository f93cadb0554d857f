package ai.rails.command.siem;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.siem.SiemRows.Act;
import ai.rails.command.siem.SiemRows.Standing;
import ai.rails.domain.Header;
import ai.rails.domain.siem.SiemCommand;
import ai.rails.domain.siem.SiemCommand.GrantSiem;
import ai.rails.domain.siem.SiemCommand.RevokeSiem;
import ai.rails.domain.siem.SiemCommand.RotateSiem;
import ai.rails.domain.siem.SiemRules;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;

/// SIEM subscribers of a tenant. An administrator asks, with the public half of a key that he made
/// for this; the provisioner, which knows the brokers, does it and leaves the password sealed to
/// that key. So no password is ever in a request, an event, a row or a log in the clear.
public final class SiemApi {
  private static final String SUBSCRIBERS = "/v1/tenants/{tenant}/siem-subscribers";
  private static final String SUBSCRIBER = SUBSCRIBERS + "/{name}";
  private static final int KEY_BYTES = 1_024;
  private static final int SEALED_BYTES = 4_096;

  private final Writes writes;
  private final Database database;

  public SiemApi(Writes writes, Database database) {
    this.writes = writes;
    this.database = database;
  }

  /// `POST .../siem-subscribers`.
  ///
  /// @param recipient public HPKE keyset of whoever is to have the password, base64
  public record NewSubscriber(String name, String recipient) {}

  /// `POST .../siem-subscribers/{name}/rotation`.
  public record Recipient(String recipient) {}

  /// `POST .../siem-subscribers/{name}/provisioned`.
  ///
  /// @param sealed the password, base64; empty after a revocation
  public record Provisioned(String act, int generation, String sealed) {}

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    Access provisioner = Access.roles(Role.PLATFORM);
    return List.of(
        new Route("POST", SUBSCRIBERS, Label.STRONG, admins, this::grant),
        new Route("POST", SUBSCRIBER + "/rotation", Label.STRONG, admins, this::rotate),
        new Route("POST", SUBSCRIBER + "/revocation", Label.STRONG, admins, this::revoke),
        new Route("POST", SUBSCRIBER + "/credential", Label.STRONG, admins, this::credential),
        new Route(
            "POST", SUBSCRIBER + "/provisioned", Label.STRONG, provisioner, this::provisioned),
        new Route("POST", "/v1/siem-subscribers/open", Label.STRONG, provisioner, this::open));
  }

  private Answer grant(Request request) {
    NewSubscriber asked = request.json(NewSubscriber.class);
    String tenant = request.path("tenant");
    return give(
        request, Act.GRANT, new GrantSiem(tenant, asked.name()), recipient(asked.recipient()));
  }

  private Answer rotate(Request request) {
    Recipient asked = request.json(Recipient.class);
    return give(
        request,
        Act.ROTATE,
        new RotateSiem(request.path("tenant"), request.path("name")),
        recipient(asked.recipient()));
  }

  private Answer revoke(Request request) {
    return give(
        request,
        Act.REVOKE,
        new RevokeSiem(request.path("tenant"), request.path("name")),
        new byte[0]);
  }

  private Answer give(Request request, Act act, SiemCommand command, byte[] recipient) {
    String tenant = command.tenant();
    String name = SiemRules.requireName(command.subscriber());
    CommandContext context =
        writes
            .context(request, tenant, Header.TENANT_WORKSPACE)
            .with(connection -> SiemRows.ask(connection, tenant, name, act, recipient));
    return writes.once(
        request,
        context,
        Draft.accepted(
            "/v1/tenants/%s/siem-subscribers/%s/credential".formatted(tenant, name),
            Map.of("subscriber", name, "principal", SiemRules.principal(tenant, name))),
        SiemEntity.TYPE,
        command);
  }

  /// Whether the brokers know, and the sealed password then. It opens under one key only, so
  /// whoever else asks has nothing of it.
  private Answer credential(Request request) {
    String tenant = request.path("tenant");
    String name = SiemRules.requireName(request.path("name"));
    Standing standing =
        database
            .inTenant(tenant, connection -> SiemRows.standing(connection, tenant, name))
            .orElseThrow(() -> Problem.notFound("the SIEM subscriber"));
    var body = new TreeMap<String, Object>();
    body.put("subscriber", name);
    body.put("principal", SiemRules.principal(tenant, name));
    body.put("act", standing.act().name());
    body.put("generation", standing.generation());
    body.put("done", standing.done());
    standing.sealed().ifPresent(sealed -> body.put("sealed", sealed));
    return Answer.ok(body);
  }

  private Answer open(Request request) {
    return Answer.ok(Map.of("items", database.acrossTenants(Errand.SUBSCRIBERS, SiemRows::open)));
  }

  private Answer provisioned(Request request) {
    Provisioned told = request.json(Provisioned.class);
    String name = SiemRules.requireName(request.path("name"));
    Act act = act(told.act());
    byte[] sealed = act == Act.REVOKE ? new byte[0] : bytes("sealed", told.sealed(), SEALED_BYTES);
    database.inTenant(
        request.path("tenant"),
        connection -> {
          SiemRows.done(connection, request.path("tenant"), name, act, told.generation(), sealed);
          return name;
        });
    return Answer.ok(Map.of("subscriber", name));
  }

  /// A key to which nothing can be sealed would be tried for ever.
  private static byte[] recipient(String base64) {
    byte[] keyset = bytes("recipient", base64, KEY_BYTES);
    try {
      byte[] _ = HpkeKeyPair.seal(keyset, new byte[0], "airails/siem");
      return keyset;
    } catch (GeneralSecurityException e) {
      throw Problem.invalid("recipient must be a public HPKE keyset as Tink writes it");
    }
  }

  private static Act act(String name) {
    try {
      return Act.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("act must be GRANT, ROTATE or REVOKE");
    }
  }

  private static byte[] bytes(String member, String base64, int most) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length > 0 && bytes.length <= most) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("%s must be base64".formatted(member));
    }
    throw Problem.invalid("%s must be base64 of 1 to %d bytes".formatted(member, most));
  }
}
