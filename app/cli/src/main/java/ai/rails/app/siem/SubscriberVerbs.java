package ai.rails.app.siem;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.app.http.Api;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Persona;
import ai.rails.platform.keys.HpkeKeyPair;

/// `rails siem grant`, `rotate` and `revoke`. The password is made where the brokers are and comes
/// sealed to a key that lives as long as the verb: it is printed once and kept nowhere.
final class SubscriberVerbs {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private SubscriberVerbs() {}

  /// `rails siem grant`.
  @Command(
      name = "grant",
      description = "Make a subscriber; prints its password, once, and ready configurations.",
      mixinStandardHelpOptions = true)
  static final class Grant implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private BrokerOptions brokers = new BrokerOptions();
    @Mixin private Named named = new Named();

    @Option(names = "--for", paramLabel = "TOOL", description = "${COMPLETION-CANDIDATES}")
    private @Nullable Tool tool;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      Subscription subscription = brokers.subscription(caller, client.tenant(), named.name);
      String password =
          ask(
              client,
              subscription,
              recipient ->
                  client.post(
                      path(subscription.tenant(), ""),
                      Map.of("name", subscription.name(), "recipient", recipient),
                      Optional.empty()));
      List<Tool> tools = Optional.ofNullable(tool).map(List::of).orElse(List.of(Tool.values()));
      show(caller, subscription, password, tools);
      return Exit.OK;
    }
  }

  /// `rails siem rotate`.
  @Command(
      name = "rotate",
      description = "Give a subscriber another password; the one before is refused from then on.",
      mixinStandardHelpOptions = true)
  static final class Rotate implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private BrokerOptions brokers = new BrokerOptions();
    @Mixin private Named named = new Named();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      Subscription subscription = brokers.subscription(caller, client.tenant(), named.name);
      String password =
          ask(
              client,
              subscription,
              recipient ->
                  client.post(
                      path(subscription.tenant(), "/" + subscription.name() + "/rotation"),
                      Map.of("recipient", recipient),
                      Optional.empty()));
      show(caller, subscription, password, List.of());
      return Exit.OK;
    }
  }

  /// `rails siem revoke`.
  @Command(
      name = "revoke",
      description = "Let a subscriber read nothing any more, at once.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Named named = new Named();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      String at = path(client.tenant(), "/" + Client.encoded(named.name));
      JsonNode _ = client.post(at + "/revocation", Map.of(), Optional.empty());
      JsonNode answer = awaited(client, at);
      caller.show(answer, done -> "%s is revoked%n".formatted(done.path("principal").asText()));
      return Exit.OK;
    }
  }

  /// Which subscriber.
  static final class Named {
    @Option(
        names = "--name",
        required = true,
        paramLabel = "NAME",
        description = "Of the subscriber: 1 to 32 of a-z, 0-9 and _.")
    private String name = "";
  }

  /// Sends the public half of a key.
  @FunctionalInterface
  private interface Asking {
    JsonNode ask(String recipient);
  }

  private static String ask(Client client, Subscription subscription, Asking asking) {
    try {
      HpkeKeyPair key = HpkeKeyPair.generate();
      JsonNode _ = asking.ask(Base64.getEncoder().encodeToString(key.publicKey()));
      JsonNode done = awaited(client, path(subscription.tenant(), "/" + subscription.name()));
      String purpose =
          "airails/siem/%s/%s/%d"
              .formatted(
                  subscription.tenant(), subscription.name(), done.path("generation").asInt());
      byte[] password = key.open(Base64.getDecoder().decode(done.path("sealed").asText()), purpose);
      String text = new String(password, StandardCharsets.US_ASCII);
      Arrays.fill(password, (byte) 0);
      return text;
    } catch (GeneralSecurityException e) {
      throw new Unavailable(
          "the password was sealed to another key: somebody else rotated it at the same time; "
              + "rotate again",
          e);
    }
  }

  private static JsonNode awaited(Client client, String subscriber) {
    var last = new JsonNode[] {Api.JSON.createObjectNode()};
    boolean done =
        Wait.until(
            PATIENCE,
            () -> {
              last[0] = client.post(subscriber + "/credential", Map.of(), Optional.empty());
              return last[0].path("done").asBoolean();
            });
    if (!done) {
      throw new Unavailable(
          "it is recorded, but the brokers do not know of it after %s; see: rails status"
              .formatted(PATIENCE));
    }
    return last[0];
  }

  private static void show(
      Caller caller, Subscription subscription, String password, List<Tool> tools) {
    ObjectNode answer = Api.JSON.createObjectNode();
    answer.put("principal", subscription.principal());
    answer.put("password", password);
    answer.put("mechanism", "SCRAM-SHA-512");
    answer.put("bootstrapServers", subscription.bootstrap());
    answer.put("caFile", subscription.ca());
    answer.putArray("topics").add(subscription.ocsf()).add(subscription.checkpoints());
    answer.put("groupPrefix", "siem.%s.".formatted(subscription.tenant()));
    ObjectNode configurations = answer.putObject("configurations");
    tools.forEach(each -> configurations.put(each.word(), each.configuration(subscription)));
    caller.show(answer, _ -> text(caller, subscription, password, tools));
  }

  private static String text(
      Caller caller, Subscription subscription, String password, List<Tool> tools) {
    var text = new StringBuilder();
    text.append(caller.palette().heading("SIEM subscriber " + subscription.name()))
        .append('\n')
        .append(
            new Facts()
                .add("principal", subscription.principal())
                .add("password", password)
                .add("brokers", subscription.bootstrap() + " (TLS, SCRAM-SHA-512)")
                .add("authority", subscription.ca())
                .add("topics", subscription.ocsf() + ", " + subscription.checkpoints())
                .add("groups", "siem.%s.*".formatted(subscription.tenant()))
                .text())
        .append("\nThe password is shown this once. Give it as AIRAILS_SIEM_PASSWORD.\n");
    for (Tool tool : tools) {
      text.append("\n# ----- %s -----\n".formatted(tool.file()))
          .append(tool.configuration(subscription));
    }
    return text.toString();
  }

  private static String path(String tenant, String rest) {
    return "/v1/tenants/" + Client.encoded(tenant) + "/siem-subscribers" + rest;
  }
}
