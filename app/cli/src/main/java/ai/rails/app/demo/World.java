package ai.rails.app.demo;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

import ai.rails.app.http.Api;
import ai.rails.enclave.classifier.Classification;
import ai.rails.enclave.classifier.Model;
import ai.rails.standin.StandIns;
import ai.rails.standin.Transport;
import ai.rails.standin.model.Prompt;
import ai.rails.standin.servicenow.InstanceSettings;
import ai.rails.standin.servicenow.SeedIncident;
import ai.rails.standin.slack.Workspace;

/// The outside world of the embedded stack: stand-ins of ServiceNow, Slack and the model providers.
public final class World implements AutoCloseable {
  public static final String REGION = "eu";
  public static final String SLACK_TEAM = "T0AIRAILS";
  public static final String SLACK_USER = "U0OMAR";

  /// Where Slack takes what is said to who clicked.
  static final String SLACK_ANSWERS_HOST = "hooks.slack.com";

  static final String OPENAI_HOST = "api.openai.com";
  static final String OPENAI_KEY = "sk-development";
  static final String AZURE_HOST = "airails-demo.openai.azure.com";
  static final String AZURE_KEY = "azure-development";
  static final String AZURE_DEPLOYMENT = "triage";
  static final String ANTHROPIC_HOST = "api.anthropic.com";
  static final String ANTHROPIC_KEY = "sk-ant-development";
  public static final String STRIPE_HOST = "api.stripe.com";
  public static final String STRIPE_KEY = "sk_test_development";
  public static final String ZENDESK_HOST = "airails-demo.zendesk.com";
  public static final String ZENDESK_USER = "agent@example.org/token";
  public static final String ZENDESK_TOKEN = "zendesk-development";
  public static final String TELEGRAM_HOST = "api.telegram.org";
  public static final String TELEGRAM_TOKEN = "1000001:development";

  private static final String TICKET = "Short description:\n";
  private static final String CALLER = "5b7c200d0a640069006b3845b5d0fa7c";
  private static final Map<String, String> GROUPS =
      new TreeMap<>(
          Map.of(
              "287ebd7da9fe198100f92cc8d1d2154e", "Service Desk",
              "8a4dde73c6112278017a6a4baf547aa7", "Software",
              "8a5055c9c61122780043563ef53438e3", "Hardware",
              "287ee6fea9fe198100ada7950d0b1b73", "Database"));

  private final StandIns standIns;
  private final AtomicReference<Function<Prompt, String>> answers;

  private World(StandIns standIns, AtomicReference<Function<Prompt, String>> answers) {
    this.standIns = standIns;
    this.answers = answers;
  }

  /// What the outside services share with the product.
  public record Secrets(
      String clientId,
      String clientSecret,
      String webhookSecret,
      String slackToken,
      String slackSigningSecret) {
    public static Secrets of(ai.rails.app.embedded.Secrets kept) {
      return new Secrets(
          "airails",
          kept.of("world.servicenow.client"),
          kept.of("world.servicenow.webhook"),
          "xoxb-" + kept.of("world.slack.token"),
          kept.of("world.slack.signing"));
    }

    @Override
    public String toString() {
      return "Secrets[hidden]";
    }
  }

  /// Starts the stand-ins on kept ports.
  public static World start(
      StandIns.Ports ports,
      Secrets secrets,
      SSLContext tls,
      Path journals,
      InstantSource clock,
      RandomGenerator random) {
    AtomicReference<Function<Prompt, String>> answers = new AtomicReference<>(_ -> "{}");
    StandIns standIns =
        StandIns.start(
            new StandIns.Settings(
                new Transport.Tls(tls),
                ports,
                new StandIns.Secrets(
                    InstanceSettings.withClient(
                        "https://" + Flagship.SERVICE_NOW_HOST,
                        secrets.clientId(),
                        secrets.clientSecret()),
                    secrets.webhookSecret(),
                    Workspace.of(
                        "https://" + Flagship.SLACK_HOST,
                        secrets.slackToken(),
                        secrets.slackSigningSecret(),
                        Map.of(SLACK_USER, "approver-1")),
                    OPENAI_KEY,
                    AZURE_KEY,
                    ANTHROPIC_KEY,
                    STRIPE_KEY,
                    ZENDESK_USER,
                    ZENDESK_TOKEN,
                    TELEGRAM_TOKEN),
                journals,
                clock,
                random,
                prompt -> answers.get().apply(prompt)));
    GROUPS.forEach(standIns.serviceNow()::seedGroup);
    standIns.serviceNow().seedUser(CALLER, "caller", "A. Caller", "caller@example.org");
    return new World(standIns, answers);
  }

  /// What the egress proxy maps to the stand-ins; refused in production.
  public static String developmentHosts(StandIns.Ports ports) {
    return String.join(
        ",",
        "%s:443=127.0.0.1:%d".formatted(Flagship.SERVICE_NOW_HOST, ports.serviceNow()),
        "%s:443=127.0.0.1:%d".formatted(Flagship.SLACK_HOST, ports.slack()),
        "%s:443=127.0.0.1:%d".formatted(SLACK_ANSWERS_HOST, ports.slack()),
        "%s:443=127.0.0.1:%d".formatted(OPENAI_HOST, ports.openAi()),
        "%s:443=127.0.0.1:%d".formatted(AZURE_HOST, ports.azure()),
        "%s:443=127.0.0.1:%d".formatted(ANTHROPIC_HOST, ports.anthropic()),
        "%s:443=127.0.0.1:%d".formatted(STRIPE_HOST, ports.stripe()),
        "%s:443=127.0.0.1:%d".formatted(ZENDESK_HOST, ports.zendesk()),
        "%s:443=127.0.0.1:%d".formatted(TELEGRAM_HOST, ports.telegram()));
  }

  public static List<String> hosts() {
    return List.of(
        Flagship.SERVICE_NOW_HOST,
        Flagship.SLACK_HOST,
        SLACK_ANSWERS_HOST,
        OPENAI_HOST,
        AZURE_HOST,
        ANTHROPIC_HOST,
        STRIPE_HOST,
        ZENDESK_HOST,
        TELEGRAM_HOST);
  }

  /// From now on the vendors' stand-ins say what this model would.
  public void answerWith(Model model) {
    answerWith(ordinary(model));
  }

  /// From now on the vendors' stand-ins say this.
  public void answerWith(Function<Prompt, String> model) {
    answers.set(model);
  }

  /// What a vendor's model would say if it knew what `model` does.
  public Function<Prompt, String> ordinary(Model model) {
    return prompt -> {
      String user = prompt.user();
      Classification said =
          model.classify(user.substring(Math.max(0, user.indexOf(TICKET) + TICKET.length())));
      return Api.JSON
          .createObjectNode()
          .put("category", said.label())
          .put("confidence", said.confidence())
          .put("summary", "A ticket about " + said.label() + ".")
          .toString();
    };
  }

  public StandIns standIns() {
    return standIns;
  }

  /// Somebody reports an incident.
  public void report(Ticket ticket, List<String> categories) {
    categories.forEach(c -> standIns.serviceNow().seedChoice("incident", "category", choice(c), c));
    standIns
        .serviceNow()
        .seedIncident(
            new SeedIncident(
                ticket.sysId(),
                ticket.number(),
                ticket.shortDescription(),
                ticket.description(),
                CALLER));
  }

  /// The value of ServiceNow's choice list that stands for a category.
  static String choice(String category) {
    return category.toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  /// The tenant's choice lists and matrix, as the connector instance's settings.
  static Map<String, Object> settings(List<String> categories) {
    List<String> ids = List.copyOf(GROUPS.keySet());
    Map<String, Object> values = new TreeMap<>();
    Map<String, Object> groups = new TreeMap<>();
    for (int i = 0; i < categories.size(); i++) {
      values.put(categories.get(i), choice(categories.get(i)));
      groups.put(choice(categories.get(i)), ids.get(i % ids.size()));
    }
    return Map.of(
        "categories",
        values,
        "assignmentGroups",
        groups,
        "priorityMatrix",
        Map.of(
            "11", "1", "12", "2", "13", "3", "21", "2", "22", "3", "23", "4", "31", "3", "32", "4",
            "33", "5"));
  }

  @Override
  public void close() {
    standIns.close();
  }
}
