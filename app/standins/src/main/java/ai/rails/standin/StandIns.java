package ai.rails.standin;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import ai.rails.standin.anthropic.AnthropicStandIn;
import ai.rails.standin.azure.AzureOpenAiStandIn;
import ai.rails.standin.model.ModelAnswers;
import ai.rails.standin.model.ModelServer;
import ai.rails.standin.model.Prompt;
import ai.rails.standin.openai.OpenAiStandIn;
import ai.rails.standin.servicenow.InstanceSettings;
import ai.rails.standin.servicenow.ServiceNowStandIn;
import ai.rails.standin.slack.SlackStandIn;
import ai.rails.standin.slack.Workspace;
import ai.rails.standin.stripe.StripeStandIn;
import ai.rails.standin.telegram.TelegramStandIn;
import ai.rails.standin.zendesk.ZendeskStandIn;

/// All stand-ins at once, for the demo and the acceptance tests; each keeps its journal in one
/// directory.
public final class StandIns implements AutoCloseable {
  private static final Map<String, String> OPENAI_MODELS =
      Map.of(
          "gpt-4.1-mini",
          "gpt-4.1-mini-2025-04-14",
          "gpt-4.1-mini-2025-04-14",
          "gpt-4.1-mini-2025-04-14");
  private static final Map<String, String> ANTHROPIC_MODELS =
      Map.of(
          "claude-haiku-4-5",
          "claude-haiku-4-5-20251001",
          "claude-haiku-4-5-20251001",
          "claude-haiku-4-5-20251001");

  private final ServiceNowStandIn serviceNow;
  private final SlackStandIn slack;
  private final OpenAiStandIn openAi;
  private final AzureOpenAiStandIn azure;
  private final AnthropicStandIn anthropic;
  private final StripeStandIn stripe;
  private final ZendeskStandIn zendesk;
  private final TelegramStandIn telegram;

  /// Local ports; 0 takes a free one.
  public record Ports(
      int serviceNow,
      int slack,
      int openAi,
      int azure,
      int anthropic,
      int stripe,
      int zendesk,
      int telegram) {
    public static Ports free() {
      return new Ports(0, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  /// What clients must know, and what signs what the stand-ins send.
  public record Secrets(
      InstanceSettings serviceNow,
      String webhookSecret,
      Workspace slack,
      String openAiKey,
      String azureKey,
      String anthropicKey,
      String stripeKey,
      String zendeskUser,
      String zendeskToken,
      String telegramToken) {}

  /// @param answers what every model says
  public record Settings(
      Transport transport,
      Ports ports,
      Secrets secrets,
      Path journals,
      InstantSource clock,
      RandomGenerator random,
      Function<Prompt, String> answers) {}

  private final ModelAnswers answers;

  private StandIns(
      ModelAnswers answers,
      ServiceNowStandIn serviceNow,
      SlackStandIn slack,
      OpenAiStandIn openAi,
      AzureOpenAiStandIn azure,
      AnthropicStandIn anthropic,
      StripeStandIn stripe,
      ZendeskStandIn zendesk,
      TelegramStandIn telegram) {
    this.answers = answers;
    this.serviceNow = serviceNow;
    this.slack = slack;
    this.openAi = openAi;
    this.azure = azure;
    this.anthropic = anthropic;
    this.stripe = stripe;
    this.zendesk = zendesk;
    this.telegram = telegram;
  }

  /// Starts every server; when one cannot start, those before it are closed again.
  public static StandIns start(Settings settings) {
    Deque<AutoCloseable> started = new ArrayDeque<>();
    try {
      return new Starter(
              settings, new Ids(settings.random()), new ModelAnswers(settings.answers()), started)
          .start();
    } catch (RuntimeException e) {
      started.forEach(each -> close(each, e));
      throw e;
    }
  }

  private static void close(AutoCloseable each, RuntimeException cause) {
    try {
      each.close();
    } catch (Exception e) {
      cause.addSuppressed(e);
    }
  }

  /// Starts one after another, and remembers which were started.
  private record Starter(
      Settings settings, Ids ids, ModelAnswers answers, Deque<AutoCloseable> started) {
    StandIns start() {
      Secrets secrets = settings.secrets();
      Ports ports = settings.ports();
      Map<String, String> deployments = Map.of("triage", "gpt-4.1-mini-2025-04-14");
      return new StandIns(
          answers,
          kept(ServiceNowStandIn.start(serviceNow())),
          kept(SlackStandIn.start(slack())),
          kept(
              OpenAiStandIn.start(
                  model("openai", secrets.openAiKey(), ports.openAi(), OPENAI_MODELS))),
          kept(
              AzureOpenAiStandIn.start(
                  model("azure", secrets.azureKey(), ports.azure(), deployments))),
          kept(
              AnthropicStandIn.start(
                  model("anthropic", secrets.anthropicKey(), ports.anthropic(), ANTHROPIC_MODELS))),
          kept(StripeStandIn.start(stripe())),
          kept(ZendeskStandIn.start(zendesk())),
          kept(TelegramStandIn.start(telegram())));
    }

    private StripeStandIn.Start stripe() {
      return new StripeStandIn.Start(
          settings.secrets().stripeKey(),
          settings.transport(),
          settings.ports().stripe(),
          journal("stripe"),
          settings.clock(),
          ids);
    }

    private ZendeskStandIn.Start zendesk() {
      return new ZendeskStandIn.Start(
          settings.secrets().zendeskUser(),
          settings.secrets().zendeskToken(),
          settings.transport(),
          settings.ports().zendesk(),
          journal("zendesk"),
          settings.clock());
    }

    private TelegramStandIn.Start telegram() {
      return new TelegramStandIn.Start(
          settings.secrets().telegramToken(),
          settings.transport(),
          settings.ports().telegram(),
          journal("telegram"),
          settings.clock());
    }

    private ServiceNowStandIn.Start serviceNow() {
      return new ServiceNowStandIn.Start(
          settings.secrets().serviceNow(),
          settings.secrets().webhookSecret(),
          settings.transport(),
          settings.ports().serviceNow(),
          journal("servicenow"),
          settings.clock(),
          ids);
    }

    private SlackStandIn.Start slack() {
      return new SlackStandIn.Start(
          settings.secrets().slack(),
          false,
          settings.transport(),
          settings.ports().slack(),
          journal("slack"),
          settings.clock(),
          ids);
    }

    private ModelServer model(String vendor, String key, int port, Map<String, String> models) {
      return new ModelServer(
          key, models, answers, settings.transport(), port, journal(vendor), settings.clock(), ids);
    }

    private Journal journal(String service) {
      return Journal.open(settings.journals().resolve(service + ".jsonl"), settings.clock());
    }

    private <T extends AutoCloseable> T kept(T standIn) {
      started.push(standIn);
      return standIn;
    }
  }

  /// The one model behind all three vendors, for outcomes that a test asks for.
  public ModelAnswers answers() {
    return answers;
  }

  public ServiceNowStandIn serviceNow() {
    return serviceNow;
  }

  public SlackStandIn slack() {
    return slack;
  }

  public OpenAiStandIn openAi() {
    return openAi;
  }

  public AzureOpenAiStandIn azure() {
    return azure;
  }

  public AnthropicStandIn anthropic() {
    return anthropic;
  }

  public StripeStandIn stripe() {
    return stripe;
  }

  public ZendeskStandIn zendesk() {
    return zendesk;
  }

  public TelegramStandIn telegram() {
    return telegram;
  }

  /// Where each of them is served.
  public Ports ports() {
    return new Ports(
        serviceNow.port(),
        slack.port(),
        openAi.port(),
        azure.port(),
        anthropic.port(),
        stripe.port(),
        zendesk.port(),
        telegram.port());
  }

  @Override
  public void close() {
    telegram.close();
    zendesk.close();
    stripe.close();
    anthropic.close();
    azure.close();
    openAi.close();
    slack.close();
    serviceNow.close();
  }
}
