package ai.rails.enclave.gateway;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.connector.Auth.Token;
import ai.rails.connector.Connector;
import ai.rails.connector.Place;
import ai.rails.enclave.worker.CallPort.Granted;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Refreshing;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.CallPort.Turn;

/// Changes a credential for a bearer token: one that is granted for this call, or for a refresh
/// token one that is kept as long as it lives. Nothing of it is evidence.
final class TokenRequest {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRequest.class);

  /// A server need not say how long a token lives (RFC 6749 5.1).
  private static final long LIVES_SECONDS = 600;

  private static final long LIVES_SECONDS_MAX = 86_400;
  private static final int OK = 200;
  private static final int TOO_MANY = 429;

  private final Sender sender;
  private final Connector connector;
  private final Order order;
  private final InstantSource clock;
  private final Conclusion conclusion;

  /// Sends one request.
  @FunctionalInterface
  interface Sender {
    /// @param place beside the instance, or none
    Answered send(Optional<String> place, Outbound outbound)
        throws SendFailed, InterruptedException;
  }

  TokenRequest(
      Sender sender, Connector connector, Order order, InstantSource clock, Conclusion conclusion) {
    this.sender = sender;
    this.connector = connector;
    this.order = order;
    this.clock = clock;
    this.conclusion = conclusion;
  }

  /// Puts the token into the credential, if it is of that kind.
  ///
  /// @return how the call ended, if no token was granted
  Optional<Result> get(Optional<Credential> credential) throws InterruptedException {
    if (credential.isEmpty() || credential.get().auth().token().isEmpty()) {
      return Optional.empty();
    }
    Token token = credential.get().auth().token().get();
    Optional<Refreshing> refreshing =
        order.refreshing().filter(_ -> hasRefreshToken(credential.get()));
    return refreshing.isPresent()
        ? refreshed(token, credential.get(), refreshing.get())
        : ask(token, credential.get(), this::warnOfRotation);
  }

  private static boolean hasRefreshToken(Credential credential) {
    return credential.auth().secrets().contains(Granted.REFRESH_TOKEN);
  }

  /// What is done with an answer that granted a token.
  @FunctionalInterface
  private interface Grant {
    /// @return how the call ended, if the token may not be used
    Optional<Result> take(JsonNode answer, Credential credential) throws InterruptedException;
  }

  private Optional<Result> refreshed(Token token, Credential credential, Refreshing refreshing)
      throws InterruptedException {
    return switch (refreshing.take()) {
      case Turn.Kept(String kept) -> {
        credential.token(kept);
        yield Optional.empty();
      }
      case Turn.Not(String code, boolean retryable) ->
          Optional.of(conclusion.definite(code, retryable));
      case Turn.Ours(Map<String, String> members) -> {
        Optional<Result> ended = ask(token, credential, members, refreshing);
        if (credential.token().isEmpty()) {
          refreshing.giveBack();
        }
        yield ended;
      }
    };
  }

  /// With what is stored now, which may be another kind of credential than the call began with.
  private Optional<Result> ask(
      Token token, Credential credential, Map<String, String> members, Refreshing refreshing)
      throws InterruptedException {
    if (!members.keySet().equals(Set.copyOf(credential.auth().secrets()))) {
      return Optional.of(conclusion.definite("CREDENTIAL_CHANGED", true));
    }
    credential.replace(members);
    return ask(token, credential, (answer, _) -> kept(answer, token, refreshing));
  }

  private Optional<Result> kept(JsonNode answer, Token token, Refreshing refreshing)
      throws InterruptedException {
    long lives = answer.path("expires_in").asLong(LIVES_SECONDS);
    var granted =
        new Granted(
            answer.at(token.pointer()).textValue(),
            Optional.ofNullable(answer.path(Granted.REFRESH_TOKEN).textValue())
                .filter(each -> !each.isEmpty()),
            Duration.ofSeconds(Math.clamp(lives, 0, LIVES_SECONDS_MAX)));
    return refreshing.keep(granted)
        ? Optional.empty()
        : Optional.of(conclusion.definite("CREDENTIAL_CHANGED", true));
  }

  private Optional<Result> ask(Token token, Credential credential, Grant grant)
      throws InterruptedException {
    try {
      return granted(
          sender.send(token.place(), outbound(token, credential)), token, credential, grant);
    } catch (SendFailed e) {
      return Optional.of(conclusion.definite(e.code(), e.retryable()));
    }
  }

  private Outbound outbound(Token token, Credential credential) {
    Map<String, String> form = new LinkedHashMap<>(token.form());
    String path = token.path();
    boolean basic = token.client().isPresent();
    for (String each : credential.auth().secrets().stream().skip(basic ? 2 : 0).toList()) {
      String named = "{" + each + "}";
      boolean inPath = path.contains(named) && credential.auth().identifiers().contains(each);
      if (inPath) {
        path = path.replace(named, encode(credential.secret(each)));
      } else {
        form.put(each, credential.secret(each));
      }
    }
    Optional<Place> place = token.place().map(connector.places()::get);
    String body =
        form.entrySet().stream()
            .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
            .collect(Collectors.joining("&"));
    Outbound outbound =
        new Outbound(
            "POST",
            place
                .map(each -> each.hostFor(order.instance().host()))
                .orElse(order.instance().host()),
            place.map(Place::port).orElse(order.instance().port()),
            path,
            Optional.of(
                new Outbound.Body(
                    "application/x-www-form-urlencoded",
                    body.getBytes(StandardCharsets.US_ASCII))));
    outbound.header("Accept", "application/json");
    return basic ? outbound.header("Authorization", credential.client()) : outbound;
  }

  private Optional<Result> granted(Answered answer, Token token, Credential credential, Grant grant)
      throws InterruptedException {
    conclusion.answered(answer.status(), false, MissingNode.getInstance());
    if (answer.status() == TOO_MANY) {
      return Optional.of(
          conclusion.failed(
              new Verdict(false, "RATE_LIMITED", true, true, RetryAfter.of(answer, clock))));
    }
    if (answer.status() / 100 == 5) {
      return Optional.of(conclusion.definite("HTTP_" + answer.status(), true));
    }
    JsonNode body = AnswerBody.json(answer.body());
    JsonNode granted = body.at(token.pointer());
    if (answer.status() != OK || !granted.isTextual() || granted.textValue().isEmpty()) {
      return Optional.of(conclusion.definite("CREDENTIAL_REFUSED", false));
    }
    credential.token(granted.textValue());
    return grant.take(body, credential);
  }

  /// A server that rotates refresh tokens takes the old one no more, or not for long, and a runner
  /// has no place in which to keep the new one: whoever finds calls refused is told why.
  private Optional<Result> warnOfRotation(JsonNode answer, Credential credential) {
    JsonNode other = answer.path(Granted.REFRESH_TOKEN);
    if (other.isTextual()
        && hasRefreshToken(credential)
        && !other.textValue().equals(credential.secret(Granted.REFRESH_TOKEN))) {
      LOG.atWarn()
          .addKeyValue("run", order.run())
          .addKeyValue("step", order.step())
          .addKeyValue("call", order.callId())
          .addKeyValue("instance", order.instance().instance())
          .log(
              "the token endpoint gave another refresh token, which is not kept: if it rotates"
                  + " them, switch that off or store a credential of another kind");
    }
    return Optional.empty();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
