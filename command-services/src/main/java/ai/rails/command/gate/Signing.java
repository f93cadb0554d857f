package ai.rails.command.gate;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.subtle.Random;

import ai.rails.command.TransactionPart;
import ai.rails.command.gate.GateApi.GateCall;
import ai.rails.command.gate.PasskeyRows.Challenge;
import ai.rails.command.gate.PasskeyRows.Passkey;
import ai.rails.command.http.Writes;
import ai.rails.command.workflow.Digests;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Approvals that are signed with a passkey: what is to be signed, and whether it was.
///
/// A challenge names the calls, the person and a nonce, and approves each call once. Signatures are
/// checked twice: here by webauthn4j, which also knows the counter, and by the run's rules from the
/// event alone.
final class Signing {
  private static final int NONCE_BYTES = 32;
  private static final int MAX_PART = 1 << 10;

  private final Writes writes;
  private final Database database;
  private final RelyingParty party;
  private final Ceremonies ceremonies;
  private final InstantSource clock;

  Signing(
      Writes writes,
      Database database,
      RelyingParty party,
      Ceremonies ceremonies,
      InstantSource clock) {
    this.writes = writes;
    this.database = database;
    this.party = party;
    this.ceremonies = ceremonies;
    this.clock = clock;
  }

  /// What a passkey signed. Binary members are base64url.
  ///
  /// @param challenge id of the challenge
  public record Assertion(
      String challenge,
      String credential,
      String authenticatorData,
      String clientDataJson,
      String signature) {}

  /// `POST /v1/gate-challenges`.
  public record NewChallenge(List<GateCall> items) {}

  /// A signature that was checked, and what uses up its challenge for one call.
  record Signed(PasskeySignature signature, Assertion assertion, Passkey passkey, long signCount) {}

  List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/gate-challenges",
            Label.STRONG,
            Access.roles(Role.APPROVER, Role.OPERATOR, Role.BUILDER, Role.ADMIN),
            this::challenge));
  }

  private Answer challenge(Request request) {
    Principal person = request.principal();
    List<String> digests =
        request.json(NewChallenge.class).items().stream().map(GateCall::callDigest).toList();
    boolean fits =
        !digests.isEmpty()
            && digests.size() <= PasskeySignature.MAX_DIGESTS
            && new HashSet<>(digests).size() == digests.size();
    if (!fits) {
      throw Problem.invalid("name 1 to %s different calls".formatted(PasskeySignature.MAX_DIGESTS));
    }
    digests.forEach(digest -> Limits.requireId("callDigest", digest));
    byte[] nonce = Random.randBytes(NONCE_BYTES);
    String id = writes.newId();
    List<Passkey> known =
        database.inTenant(
            person.tenant(),
            c -> {
              PasskeyRows.challenge(c, person.tenant(), id, person.subject(), nonce, digests);
              return PasskeyRows.of(c, person.tenant(), person.subject());
            });
    List<Passkey> active = known.stream().filter(Passkey::active).toList();
    if (active.isEmpty()) {
      throw new Problem(
          409, "NO_PASSKEY", "you have no passkey that counts; register one in the console");
    }
    Instant expires = clock.instant().plus(PasskeyRows.CHALLENGE_LIFE);
    byte[] challenge =
        PasskeySignature.challenge(person.tenant(), person.subject(), Base64Url.of(nonce), digests);
    return Answer.json(
        201,
        Map.of(
            "id", id,
            "challenge", Base64Url.of(challenge),
            "rpId", party.id(),
            "allowCredentials", active.stream().map(PasskeyApi::descriptor).toList(),
            "userVerification", "required",
            "timeout", PasskeyRows.CHALLENGE_LIFE.toMillis(),
            "expiresAt", expires.toEpochMilli()));
  }

  /// Checks what a person's passkey signed.
  ///
  /// @throws Refused with SIGNATURE_INVALID
  Signed check(Principal person, Assertion assertion) {
    byte[] credential = part("credential", assertion.credential());
    Challenge challenge =
        database
            .<Optional<Challenge>>inTenant(
                person.tenant(),
                c ->
                    PasskeyRows.challenge(
                        c, person.tenant(), assertion.challenge(), person.subject()))
            .filter(found -> !found.digests().isEmpty())
            .orElseThrow(() -> refused("there is no such challenge of yours; ask for one"));
    Passkey passkey =
        database
            .<Optional<Passkey>>inTenant(
                person.tenant(), c -> PasskeyRows.find(c, person.tenant(), Digests.hex(credential)))
            .filter(Passkey::active)
            .filter(found -> found.subject().equals(person.subject()))
            .orElseThrow(() -> refused("this is no passkey of yours that counts"));
    byte[] client = part("clientDataJson", assertion.clientDataJson());
    PasskeySignature signature = signature(challenge, passkey, assertion, client);
    long counted =
        ceremonies.counted(
            PasskeySignature.challenge(
                person.tenant(), person.subject(), signature.nonce(), challenge.digests()),
            passkey.attested(),
            passkey.signCount(),
            new Ceremonies.Assertion(
                credential,
                part("authenticatorData", assertion.authenticatorData()),
                client,
                part("signature", assertion.signature())));
    return new Signed(signature, assertion, passkey, counted);
  }

  private PasskeySignature signature(
      Challenge challenge, Passkey passkey, Assertion assertion, byte[] client) {
    return new PasskeySignature(
        Base64Url.of(passkey.credential()),
        Base64Url.of(passkey.publicKey()),
        party.id(),
        origin(client),
        Base64Url.of(challenge.nonce()),
        challenge.digests(),
        assertion.authenticatorData(),
        assertion.clientDataJson(),
        assertion.signature());
  }

  private static String origin(byte[] client) {
    try {
      JsonNode origin =
          Json.tree(new String(client, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
              .path("origin");
      return origin.asText();
    } catch (Problem e) {
      throw refused("its client data is no JSON");
    }
  }

  /// Joins the transaction of one call's decision.
  TransactionPart use(Principal person, Signed signed, String digest) {
    return c -> {
      PasskeyRows.use(c, person.tenant(), signed.assertion().challenge(), digest);
      PasskeyRows.used(c, person.tenant(), signed.passkey().passkey(), signed.signCount());
    };
  }

  private static byte[] part(String member, String text) {
    return Base64Url.bytes(member, text, MAX_PART);
  }

  private static Refused refused(String why) {
    return new Refused(Code.SIGNATURE_INVALID, why);
  }
}
