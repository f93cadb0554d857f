package ai.rails.command.gate;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.google.crypto.tink.subtle.Random;

import ai.rails.command.CommandContext;
import ai.rails.command.gate.Ceremonies.Registered;
import ai.rails.command.gate.PasskeyRows.Passkey;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.tenant.PersonEntity;
import ai.rails.command.workflow.Digests;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.PersonCommand.DecidePasskey;
import ai.rails.domain.tenant.PersonCommand.RegisterPasskey;
import ai.rails.domain.tenant.PersonCommand.RemovePasskey;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Passkeys of people. Whoever has a person's token could register a passkey of his own; so where
/// two persons are asked for, one counts only when an administrator has accepted it.
public final class PasskeyApi {
  private static final Pattern LABEL = Pattern.compile("[^\\p{Cntrl}]{1,40}");
  private static final int NONCE_BYTES = 32;
  private static final int MAX_ATTESTATION = 8 << 10;
  private static final int MAX_PART = 1 << 10;

  private final Writes writes;
  private final Database database;
  private final RelyingParty party;
  private final Ceremonies ceremonies;
  private final boolean twoPersons;

  /// @param twoPersons whether a passkey waits for an administrator's word
  PasskeyApi(
      Writes writes,
      Database database,
      RelyingParty party,
      Ceremonies ceremonies,
      boolean twoPersons) {
    this.writes = writes;
    this.database = database;
    this.party = party;
    this.ceremonies = ceremonies;
    this.twoPersons = twoPersons;
  }

  /// `POST /v1/passkey-challenges`.
  public record NewChallenge() {}

  /// `POST /v1/passkeys`. Binary members are base64url.
  public record NewPasskey(
      String challenge, Optional<String> label, String attestationObject, String clientDataJson) {}

  /// `POST /v1/passkeys/{passkey}/decision`.
  public record Verdict(boolean approve) {}

  List<Route> routes() {
    Access people = Access.roles(Role.APPROVER, Role.OPERATOR, Role.BUILDER, Role.ADMIN);
    return List.of(
        new Route("POST", "/v1/passkey-challenges", Label.STRONG, people, this::challenge),
        new Route("POST", "/v1/passkeys", Label.STRONG, people, this::register),
        new Route("DELETE", "/v1/passkeys/{passkey}", Label.STRONG, people, this::remove),
        new Route(
            "POST",
            "/v1/passkeys/{passkey}/decision",
            Label.STRONG,
            Access.roles(Role.ADMIN),
            this::decide),
        new Route("GET", "/access/v1/passkeys", Label.STRONG, Access.anyRole(), this::list));
  }

  private Answer challenge(Request request) {
    Principal person = request.principal();
    NewChallenge _ = request.json(NewChallenge.class);
    byte[] nonce = Random.randBytes(NONCE_BYTES);
    String id = writes.newId();
    List<Passkey> known =
        database.inTenant(
            person.tenant(),
            c -> {
              PasskeyRows.challenge(c, person.tenant(), id, person.subject(), nonce, List.of());
              return PasskeyRows.of(c, person.tenant(), person.subject());
            });
    return Answer.json(201, options(id, nonce, person.subject(), known));
  }

  /// As `navigator.credentials.create` takes them. No name leaves: subjects are opaque.
  private Map<String, Object> options(
      String id, byte[] nonce, String subject, List<Passkey> known) {
    return Map.of(
        "id", id,
        "challenge", Base64Url.of(nonce),
        "rp", Map.of("id", party.id(), "name", "AI Rails"),
        "user",
            Map.of(
                "id", Base64Url.of(Digests.hex(subject.getBytes(UTF_8)).getBytes(UTF_8)),
                "name", subject,
                "displayName", subject),
        "pubKeyCredParams",
            Ceremonies.ALGORITHMS.stream()
                .map(alg -> Map.of("type", "public-key", "alg", alg))
                .toList(),
        "excludeCredentials", known.stream().map(PasskeyApi::descriptor).toList(),
        "authenticatorSelection",
            Map.of("residentKey", "preferred", "userVerification", "required"),
        "attestation", "none",
        "timeout", PasskeyRows.CHALLENGE_LIFE.toMillis());
  }

  static Map<String, Object> descriptor(Passkey passkey) {
    return Map.of("type", "public-key", "id", Base64Url.of(passkey.credential()));
  }

  private Answer register(Request request) {
    Principal person = request.principal();
    NewPasskey asked = request.json(NewPasskey.class);
    String label = asked.label().orElse("passkey");
    if (!LABEL.matcher(label).matches()) {
      throw Problem.invalid("label is one line of 1 to 40 characters");
    }
    return writes.once(
        request,
        Header.TENANT_WORKSPACE,
        Draft.created("/access/v1/passkeys", Map.of("state", twoPersons ? "PENDING" : "ACTIVE")),
        part -> {
          Registered made = registered(person, asked);
          String passkey = Digests.hex(made.credential());
          CommandContext context =
              writes
                  .context(request, Header.TENANT_WORKSPACE)
                  .with(part)
                  .with(c -> {
                    PasskeyRows.use(c, person.tenant(), asked.challenge());
                    PasskeyRows.insert(
                        c, person.tenant(), passkey, person.subject(), label, made, !twoPersons);
                  });
          return writes
              .bus()
              .dispatch(
                  context,
                  PersonEntity.TYPE,
                  new RegisterPasskey(
                      person.tenant(),
                      person.subject(),
                      passkey,
                      Base64Url.of(made.credential()),
                      Base64Url.of(made.publicKey()),
                      made.deviceBound(),
                      !twoPersons));
        });
  }

  private Registered registered(Principal person, NewPasskey asked) {
    PasskeyRows.Challenge challenge =
        database
            .<Optional<PasskeyRows.Challenge>>inTenant(
                person.tenant(),
                c -> PasskeyRows.challenge(c, person.tenant(), asked.challenge(), person.subject()))
            .filter(c -> c.digests().isEmpty())
            .orElseThrow(() ->
                new Refused(
                    Code.SIGNATURE_INVALID, "there is no such challenge of yours; ask for one"));
    return ceremonies.register(
        challenge.nonce(),
        Base64Url.bytes("attestationObject", asked.attestationObject(), MAX_ATTESTATION),
        Base64Url.bytes("clientDataJson", asked.clientDataJson(), MAX_PART));
  }

  private Answer remove(Request request) {
    Principal person = request.principal();
    Passkey passkey = passkey(person.tenant(), request.path("passkey"));
    boolean own = passkey.subject().equals(person.subject());
    if (!own && !person.is(Role.ADMIN)) {
      throw Problem.notFound("passkey " + passkey.passkey());
    }
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> PasskeyRows.delete(c, person.tenant(), passkey.passkey()));
    return writes.give(
        context,
        Draft.ok(Map.of("passkey", passkey.passkey())),
        PersonEntity.TYPE,
        new RemovePasskey(person.tenant(), passkey.subject(), passkey.passkey(), person.subject()));
  }

  private Answer decide(Request request) {
    Principal person = request.principal();
    Passkey passkey = passkey(person.tenant(), request.path("passkey"));
    boolean approve = request.json(Verdict.class).approve();
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              if (approve) {
                PasskeyRows.activate(c, person.tenant(), passkey.passkey());
              } else {
                PasskeyRows.delete(c, person.tenant(), passkey.passkey());
              }
            });
    return writes.once(
        request,
        context,
        Draft.ok(
            Map.of(
                "passkey", passkey.passkey(),
                "subject", passkey.subject(),
                "state", approve ? "ACTIVE" : "REJECTED")),
        PersonEntity.TYPE,
        new DecidePasskey(
            person.tenant(), passkey.subject(), passkey.passkey(), approve, person.subject()));
  }

  private Passkey passkey(String tenant, String given) {
    String id = Limits.requireId("passkey", given);
    return database
        .<Optional<Passkey>>inTenant(tenant, c -> PasskeyRows.find(c, tenant, id))
        .orElseThrow(() -> Problem.notFound("passkey " + id));
  }

  private Answer list(Request request) {
    Principal person = request.principal();
    boolean everybody = person.is(Role.ADMIN) || person.is(Role.AUDITOR);
    List<Passkey> found =
        database.inTenant(
            person.tenant(),
            c ->
                everybody
                    ? PasskeyRows.all(c, person.tenant())
                    : PasskeyRows.of(c, person.tenant(), person.subject()));
    return Answer.ok(Map.of("items", found.stream().map(PasskeyApi::shown).toList()));
  }

  private static Map<String, Object> shown(Passkey passkey) {
    Map<String, Object> json =
        new TreeMap<>(
            Map.of(
                "passkey", passkey.passkey(),
                "subject", passkey.subject(),
                "label", passkey.label(),
                "credential", Base64Url.of(passkey.credential()),
                "publicKey", Base64.getEncoder().encodeToString(passkey.publicKey()),
                "state", passkey.active() ? "ACTIVE" : "PENDING",
                "deviceBound", passkey.deviceBound(),
                "createdAt", passkey.createdAt()));
    passkey.lastUsedAt().ifPresent(at -> json.put("lastUsedAt", at));
    return json;
  }
}
